import { describe, expect, it } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { untilQuiet } from './quiet.ts';

describe('the wait for the end of a round', () => {
  it('is over when the last lease has run out, and reports none', async () => {
    await using own = await startOwnRedis();
    using connection = rawRedis(own.url);
    await connection.redis.set('history:{x}:lock', 'token', 'PX', 100);
    expect(await untilQuiet(connection.redis, 'history', 10_000)).toEqual([]);
    expect(await connection.redis.exists('history:{x}:lock')).toBe(0);
  });

  it('gives up on a lease that is never freed, and reports it', async () => {
    await using own = await startOwnRedis();
    using connection = rawRedis(own.url);
    await connection.redis.set('history:{x}:lock', 'token');
    expect(await untilQuiet(connection.redis, 'history', 200)).toEqual(['history:{x}:lock']);
  });
});
