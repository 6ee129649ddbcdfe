import { describe, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post } from '../../support/post.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startReplicatedRedis } from '../../support/replicated-redis.ts';
import { startTestServer } from '../../support/running-server.ts';

/** Ways in which a reachable Redis takes no turns, and the end of each. */
const refusals: Record<
  string,
  { begin: (redis: Redis) => Promise<unknown>; end: (redis: Redis) => Promise<unknown> }
> = {
  'its memory is full': {
    begin: (redis) => redis.config('SET', 'maxmemory', '1mb'),
    end: (redis) => redis.config('SET', 'maxmemory', '0'),
  },
  'it misses the replicas it must write to': {
    begin: (redis) => redis.config('SET', 'min-replicas-to-write', '1'),
    end: (redis) => redis.config('SET', 'min-replicas-to-write', '0'),
  },
  'it has become a replica': {
    begin: (redis) => redis.replicaof('127.0.0.1', '1'),
    end: (redis) => redis.replicaof('NO', 'ONE'),
  },
  'it forbids scripts': {
    begin: (redis) => redis.acl('SETUSER', 'default', '-eval', '-evalsha'),
    end: (redis) => redis.acl('SETUSER', 'default', '+eval', '+evalsha'),
  },
};

const statusOf = async (url: string): Promise<number> => (await fetch(`${url}/readyz`)).status;

describe('/readyz reports whether turns can run (S7, K8)', () => {
  it.each(Object.entries(refusals))(
    '503 while %s, and 200 again by itself',
    async (_name, { begin, end }) => {
      await using own = await startOwnRedis();
      using raw = rawRedis(own.url);
      await using server = await startTestServer({ env: { REDIS_URL: own.url } });
      const turn = () => {
        server.agent.willAnswer({ text: 'Hello' });
        const input = { type: 'open' };
        return post(server.url, 'workflow.turn', { conversationId: 'c', workflowId: 'survey', input });
      };
      expect(await statusOf(server.url)).toBe(200);
      expect((await turn()).status).toBe(200);
      await begin(raw.redis);
      expect(await statusOf(server.url)).toBe(503);
      expect((await turn()).status).toBe(503);
      await end(raw.redis);
      await expect.poll(() => statusOf(server.url), { timeout: 20_000 }).toBe(200);
      await expect.poll(async () => (await turn()).status, { timeout: 20_000 }).toBe(200);
      for (const life of await Promise.all((await raw.redis.keys('*')).map((key) => raw.redis.pttl(key))))
        expect(life).toBeGreaterThan(0);
    },
  );

  it('503 while a majority of the masters that grant leases is gone', async () => {
    await using first = await startOwnRedis();
    await using second = await startOwnRedis();
    await using third = await startOwnRedis();
    const masters = [first, second, third];
    await using server = await startTestServer({
      env: { REDIS_LOCK_URLS: masters.map(({ url }) => url).join(',') },
    });
    expect(await statusOf(server.url)).toBe(200);
    await first.stop();
    await expect.poll(() => statusOf(server.url), { timeout: 20_000 }).toBe(200);
    await second.stop();
    await expect.poll(() => statusOf(server.url), { timeout: 20_000 }).toBe(503);
    await second.start();
    await expect.poll(() => statusOf(server.url), { timeout: 20_000 }).toBe(200);
  });

  it('503 while a replica is missing that every turn waits for', async () => {
    await using replicated = await startReplicatedRedis();
    await using server = await startTestServer({
      env: { REDIS_URL: replicated.primary.url, REDIS_WAIT_REPLICAS: '2' },
    });
    expect(await statusOf(server.url)).toBe(503);
  });
});
