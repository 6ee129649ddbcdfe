import { Cluster } from 'ioredis';
import type { RedisConnection } from '../connection/open-redis.ts';
import type { Script } from '../scripts/define-scripts.ts';

interface ReplicaWait {
  /** The number of replicas that must have what the script wrote. */
  readonly replicas: number;
  /** The time that they have, in milliseconds: less than the connection's command timeout. */
  readonly timeoutMs: number;
}

export interface Replication extends ReplicaWait {
  /** A connection on which nothing else is sent: it is blocked while it waits for replicas. */
  readonly redis: RedisConnection;
}

interface Replicated {
  readonly reply: unknown;
  /** False: it was written, but a failover may lose it. */
  readonly isReplicated: boolean;
}

/**
 * Runs a script, and returns its reply only once enough replicas have what it wrote or, as it sets expiries, what it read.
 * @throws Error when they don't have it in time: the script has run, but a failover may lose its effect
 */
export async function runReplicated(
  { redis, replicas, timeoutMs }: Replication,
  script: Script,
  keysAndArguments: readonly string[],
): Promise<unknown> {
  const wait = { replicas, timeoutMs };
  const { reply, isReplicated } = await runAndWait(redis, script, keysAndArguments, wait);
  if (!isReplicated) throw new Error(`fewer than ${replicas} replicas have confirmed in time`);
  return reply;
}

/**
 * Runs a script and waits until enough replicas have what it wrote. WAIT counts for what its own connection wrote before,
 * so both go to one node in one pipeline.
 *
 * The script goes as text, not by its hash: where the hash is unknown (NOSCRIPT) ioredis would send the text after the WAIT.
 * @throws Error when the script failed, or its reply was lost
 */
export async function runAndWait(
  redis: RedisConnection,
  { text, numberOfKeys }: Script,
  keysAndArguments: readonly string[],
  { replicas, timeoutMs }: ReplicaWait,
): Promise<Replicated> {
  const send = async () => {
    const sent = redis
      .pipeline()
      .eval(text, numberOfKeys, ...keysAndArguments)
      .wait(replicas, timeoutMs);
    const [ran, waited] = (await sent.exec()) ?? [];
    if (ran === undefined) throw new Error('the pipeline has no reply');
    return { error: ran[0], reply: ran[1], isReplicated: Number(waited?.[1] ?? 0) >= replicas };
  };
  let sent = await send();
  // ioredis follows a moved slot for a single command, but not for a pipeline with a WAIT in it.
  if (sent.error?.message.startsWith('MOVED') === true && redis instanceof Cluster) {
    await refreshSlots(redis);
    sent = await send();
  }
  if (sent.error !== null) throw sent.error;
  return { reply: sent.reply, isReplicated: sent.isReplicated };
}

async function refreshSlots(cluster: Cluster): Promise<void> {
  await new Promise<void>((resolve) => cluster.refreshSlotsCache(() => resolve()));
}
