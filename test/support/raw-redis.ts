import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RedisConnection } from '../../server/redis/connection/open-redis.ts';

/** A key prefix that no other test has; no pattern of SCAN reads more into it than it says. */
export function freshPrefix(): string {
  return `t-${randomUUID()}`;
}

/** A plain connection, to look at what is stored behind the product's back; to be held by `using`. */
export function rawRedis(url: string): { readonly redis: Redis; [Symbol.dispose]: () => void } {
  const redis = new Redis(url, { retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  return { redis, [Symbol.dispose]: () => redis.disconnect() };
}

/** Waits until the time of Redis, in whole milliseconds, has moved on. */
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

/** How long each key under a prefix still lives, in milliseconds; -1 for one that never expires. */
export async function livesUnder(redis: Redis, prefix: string): Promise<Record<string, number>> {
  const keys = await keysUnder(redis, prefix);
  const lives: Record<string, number> = {};
  for (const key of keys) lives[key] = await redis.pttl(key);
  return lives;
}

/**
 * All that is stored under a prefix, but for the lives of the keys, the activity times in the lists, and the notes of who
 * held a lease without finishing: those tell of no turn, only that an agent may have heard of one.
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
