import { Cluster } from 'ioredis';
import type { Script } from './define-scripts.ts';
import type { RedisConnection } from './connection/redis-connection.ts';

interface ReplicaWait {
  /** How many replicas must have what the script wrote. */
  readonly replicas: number;
  /** How long they may take, in milliseconds: less than the connection's command timeout. */
  readonly timeoutMs: number;
}

interface Replicated {
  readonly reply: unknown;
  /** False: it was written, but a failover may lose it. */
  readonly isReplicated: boolean;
}

/**
 * Runs a script and waits until enough replicas have what it wrote. WAIT counts for what its own connection wrote before,
 * so both go in one pipeline, to one node. It blocks that connection meanwhile: use one on which nothing else is sent.
 *
 * The script goes as text, not by its hash: where the hash is unknown (NOSCRIPT) ioredis sends the text behind the WAIT.
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
  // ioredis follows the slot of a single command to where it has moved, but not that of a pipeline with a WAIT in it.
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
