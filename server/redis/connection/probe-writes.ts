import type { Result } from 'ioredis';
import { defineScript, readScript } from '../define-scripts.ts';
import type { RedisConnection } from './redis-connection.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    probeWrites(...keysAndArguments: string[]): Result<unknown, Context>;
  }
}

/** How long a probe's key lives, in milliseconds. */
export const probeLifeMs = '1000';

export const probeScript = readScript(new URL('../scripts/probe-writes-1.lua', import.meta.url));

/** Makes the probe a command of the connection. */
export function defineProbe(redis: RedisConnection): void {
  defineScript(redis, 'probeWrites', probeScript);
}

/**
 * Whether a Redis takes what turns need: a script that writes, sent by its hash. One that answers a PING may be full, read-only,
 * short of replicas, or forbid scripts. Never throws.
 */
export async function takesWrites(redis: RedisConnection, key: string): Promise<boolean> {
  try {
    await redis.probeWrites(key, probeLifeMs);
    return true;
  } catch {
    return false;
  }
}
