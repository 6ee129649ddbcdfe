import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RedisConnection } from '../../server/redis/connection/open-redis.ts';

/** Returns a key prefix that no other test has, without special characters of SCAN's patterns. */
export function freshPrefix(): string {
  return `t-${randomUUID()}`;
}

/** A plain connection, to read stored data independently of the product; use with `using`. */
export function rawRedis(url: string): { readonly redis: Redis; [Symbol.dispose]: () => void } {
  const redis = new Redis(url, { retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  return { redis, [Symbol.dispose]: () => redis.disconnect() };
}

/** Waits until Redis's time, in whole milliseconds, has advanced. */
export async function passOn(redis: RedisConnection): Promise<void> {
  const now = async (): Promise<number> => {
    const [seconds, microseconds] = await redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  };
  const began = await now();
  while ((await now()) === began);
}

/** Every key under a prefix, sorted. */
export async function keysUnder(redis: Redis, prefix: string): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 1000);
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...keys].sort();
}

/** Returns the remaining life of each key under a prefix, in milliseconds; -1 for one that never expires. */
export async function livesUnder(redis: Redis, prefix: string): Promise<Record<string, number>> {
  const keys = await keysUnder(redis, prefix);
  const lives: Record<string, number> = {};
  for (const key of keys) lives[key] = await redis.pttl(key);
  return lives;
}

/**
 * Reads everything stored under a prefix, except the keys' lives, the activity times in the lists, and the notes about
 * unfinished leases: those record no turn, only that an agent may have heard one.
 */
export async function dumpUnder(redis: Redis, prefix: string): Promise<Record<string, unknown>> {
  const contents: Record<string, unknown> = {};
  for (const key of await keysUnder(redis, prefix)) {
    if (!key.endsWith(':holder')) contents[key] = await contentOf(redis, key);
  }
  return contents;
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'hash':
      return redis.hgetall(key);
    case 'zset':
      return (await redis.zrange(key, '0', '-1')).sort();
    default:
      throw new Error(`${key} is a ${type}, which the product does not use`);
  }
}
