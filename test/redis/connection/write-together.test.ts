import { Redis } from 'ioredis';
import { describe, expect, inject, it } from 'vitest';
import {
  closeConnection,
  connectRedis,
  firstConnection,
} from '../../../server/redis/connection/connect-redis.ts';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { patientCommandMs } from '../../support/time.ts';

async function openConnection() {
  const redis = connectRedis({
    target: parseRedisUrl(inject('redisUrl')),
    commandTimeoutMs: patientCommandMs,
    onChange: () => undefined,
  });
  if (!(redis instanceof Redis)) throw new Error('one Redis was expected');
  await firstConnection(redis);
  return { redis, [Symbol.dispose]: () => closeConnection(redis) };
}

describe('the commands that are sent in one turn of the event loop', () => {
  it('are written together at its end, and answered in order', async () => {
    using connection = await openConnection();
    const { redis } = connection;
    const replies = Promise.all(['first', 'second', 'third'].map((word) => redis.ping(word)));
    expect(redis.stream.writableCorked).toBe(1);
    const held = redis.stream.writableLength;
    expect(held).toBeGreaterThan(3 * 'PING'.length);
    await Promise.resolve();
    // Replies to earlier commands send more in the same turn.
    const another = redis.ping('another');
    expect(redis.stream.writableLength).toBeGreaterThan(held);
    expect(await replies).toEqual(['first', 'second', 'third']);
    expect(await another).toBe('another');
    expect(redis.stream.writableCorked).toBe(0);
  });
});
