import type { Script } from '../define-scripts.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { runAndWait } from '../run-and-wait.ts';

export interface Replication {
  /** A connection on which nothing else is sent: it is blocked while replicas are waited for. */
  readonly redis: RedisConnection;
  /** How many replicas must have what a call is answered from. */
  readonly replicas: number;
  /** How long they may take, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Runs a script, and answers only once enough replicas have what it wrote or, as it sets expiries, what it has read.
 * @throws Error when they don't in time: it happened, but a failover may lose it
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
