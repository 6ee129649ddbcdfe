import { Redis } from 'ioredis';

interface RedisConnectionOptions {
  readonly url: string;
  /** How long one command may take, in milliseconds: nothing else bounds a Redis that hangs. */
  readonly commandTimeoutMs: number;
  /** Told once each time that the connection is lost, or can't be made, and once each time that it is there. */
  readonly onChange: (isReachable: boolean) => void;
}

const longestReconnectDelayMs = 500;

/**
 * A connection that says at once when Redis is gone (I6), instead of queueing and retrying, as ioredis does by default,
 * and that comes back soon after Redis does. It connects by itself; `ready` need not be waited for.
 */
export function connectRedis({ url, commandTimeoutMs, onChange }: RedisConnectionOptions): Redis {
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // ioredis waits up to 5 s by default, so long after Redis is back callers would still be refused.
    retryStrategy: (attempt) => Math.min(50 * attempt, longestReconnectDelayMs),
    // Measured slower for turns, which are two short round trips.
    enableAutoPipelining: false,
  });
  let wasReachable: boolean | null = null;
  const tell = (isReachable: boolean): void => {
    if (wasReachable !== isReachable) onChange(isReachable);
    wasReachable = isReachable;
  };
  redis.on('ready', () => tell(true)).on('close', () => tell(false));
  // What went wrong reaches the callers of commands; an `error` event nobody listens to would end the process.
  redis.on('error', () => undefined);
  return redis;
}

/** Waits for the first connection, or the first sign that there is none; which it was. */
export async function firstConnection(redis: Redis): Promise<boolean> {
  if (redis.status === 'ready') return true;
  return new Promise((resolve) => {
    const settle = (isReady: boolean) => (): void => {
      redis.off('ready', ready).off('close', closed);
      resolve(isReady);
    };
    const ready = settle(true);
    const closed = settle(false);
    redis.once('ready', ready).once('close', closed);
  });
}
