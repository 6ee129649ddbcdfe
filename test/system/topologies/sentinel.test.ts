import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { connectRedis, firstConnection } from '../../../server/redis/connection/connect-redis.ts';
import type { RedisTarget } from '../../../server/redis/connection/redis-target.ts';
import { post } from '../../support/post.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startRedisSentinel } from '../../support/redis-sentinel.ts';
import { startTestServer } from '../../support/running-server.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { roomMs } from '../../support/time.ts';
import { playConversation, waitInQueue } from './play-conversation.ts';

let sentinel: Awaited<ReturnType<typeof startRedisSentinel>>;
beforeAll(async () => {
  sentinel = await startRedisSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

const statusOf = async (url: string, path: string) => (await fetch(url + path)).status;

describe('a whole server behind Redis Sentinel, by configuration alone', () => {
  it('plays a conversation on the primary that the sentinels name, and goes on when that forgets the scripts', async () => {
    await using server = await startServerProcess(sentinel.env);
    const { url } = await server.started();
    await playConversation(url);
    using primary = rawRedis(sentinel.primary.url);
    await primary.redis.script('FLUSH');
    await playConversation(url);
    await waitInQueue(url);
  });

  it('finds the primary while the sentinel that is listed first is gone', async () => {
    const [, ...others] = sentinel.sentinels;
    const hosts = ['127.0.0.1:1', ...others.map(({ port }) => `127.0.0.1:${port}`)].join(',');
    const REDIS_URL = sentinel.env.REDIS_URL.replace(/@[^/]+/, `@${hosts}`);
    await using server = await startServerProcess({ ...sentinel.env, REDIS_URL });
    const { url } = await server.started();
    await playConversation(url);
  });

  it('says that the sentinels do not know the primary, once', async () => {
    const REDIS_URL = sentinel.env.REDIS_URL.replace(/\/turnkeeper$/, '/another');
    await using server = await startTestServer({ env: { ...sentinel.env, REDIS_URL } });
    expect(server.store.trouble).toMatch(/primary another.*knows no primary of this name/);
    const [{ port } = { port: 0 }] = sentinel.sentinels;
    expect(server.store.trouble).toContain(`127.0.0.1:${port}`);
    const told = server.logLines.filter((line) => line.includes('store.unreachable'));
    expect(told).toHaveLength(1);
  });

  it.each([
    ['no sentinel answers', { REDIS_URL: 'redis+sentinel://127.0.0.1:1,127.0.0.1:2/turnkeeper' }],
    ['the sentinels refuse the password', { REDIS_SENTINEL_PASSWORD: 'wrong' }],
  ])('comes up, and answers 503 at once, while %s', async (_, wrong) => {
    await using server = await startTestServer({ env: { ...sentinel.env, ...wrong } });
    const began = performance.now();
    const turn = { conversationId: 'c', workflowId: 'survey', input: { type: 'open' } };
    const { status, error } = await post(server.url, 'workflow.turn', turn);
    expect(status).toBe(503);
    expect(error?.data.reason).toBe('STATE_STORE_UNAVAILABLE');
    expect(performance.now() - began).toBeLessThan(roomMs);
    expect(await statusOf(server.url, '/readyz')).toBe(503);
    expect(await statusOf(server.url, '/livez')).toBe(200);
  });
});

describe('a primary that another one replaces', () => {
  it('is left at once: turns go on on the new one', async () => {
    await using server = await startServerProcess(sentinel.env);
    const { url } = await server.started();
    await playConversation(url);
    await sentinel.failOver();
    await playConversation(url);
  });

  it("is left when it says that it is a replica now, which the caller's error reports", async () => {
    const changes: boolean[] = [];
    const redis = connectRedis({
      target: parsedTarget(sentinel.env),
      commandTimeoutMs: 500,
      onChange: (trouble) => changes.push(trouble === null),
    });
    expect(await firstConnection(redis)).toBe(true);
    const [, port] = z.tuple([z.string(), z.coerce.number()]).parse(await redis.config('GET', 'port'));
    const both = [sentinel.primary, sentinel.replica];
    using primary = rawRedis(both.find((one) => one.port === port)?.url ?? '');
    await primary.redis.call('REPLICAOF', '127.0.0.1', both.find((one) => one.port !== port)?.port ?? 0);
    await expect(redis.set('key', 'value')).rejects.toThrow(/^READONLY/);
    await vi.waitFor(() => expect(changes.slice(0, 2)).toEqual([true, false]));
    redis.disconnect();
  });
});

/** Returns the Redis target that these variables describe. */
function parsedTarget(env: Readonly<Record<string, string>>): RedisTarget {
  const parsed = parseEnvironment(env);
  if (!parsed.ok || parsed.settings.redis === null) throw new Error('the environment is not right');
  return parsed.settings.redis;
}
