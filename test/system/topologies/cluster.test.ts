import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectRedis, firstConnection } from '../../../server/redis/connection/connect-redis.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { Subscriptions } from '../../../server/redis/connection/subscriptions.ts';
import { describeLeaseConformance } from '../../redis/lease/lease-conformance.ts';
import { openRedisStore } from '../../redis/store/redis-store-under-test.ts';
import { describeStoreConformance } from '../../redis/store/store-conformance.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { describeFeedConformance } from '../../redis/watch/feed-conformance.ts';
import { openTwoBackings } from '../../redis/watch/two-backings.ts';
import { playConversation, waitInQueue } from './play-conversation.ts';

let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

async function connect() {
  const redis = connectRedis({
    target: parseRedisUrl(cluster.url),
    commandTimeoutMs: 500,
    onChange: () => undefined,
  });
  expect(await firstConnection(redis)).toBe(true);
  return { redis, [Symbol.dispose]: () => redis.disconnect() };
}

describeStoreConformance('Redis Cluster', (limits) => openRedisStore(cluster.url, limits));

describeLeaseConformance('on Redis Cluster', () => openRedisBacking({ url: cluster.url }));

describeFeedConformance('on Redis Cluster', () => openTwoBackings(cluster.url));

describe('a whole server on Redis Cluster, by configuration alone', () => {
  it('plays a conversation, and notifies a call that waits in the queue', async () => {
    const limits = {
      TENANT_TURNS_PER_MINUTE: '1000',
      USER_CONVERSATIONS: '1000',
      USER_STORED_BYTES: '1000000',
    };
    await using server = await startServerProcess({
      REDIS_URL: cluster.url,
      REDIS_PREFIX: 'limited',
      ...limits,
    });
    const { url } = await server.started();
    for (let users = 0; users < 3; users += 1) await playConversation(url);
    await waitInQueue(url);
    const { client } = await cluster.primaryOf('{local}');
    const [sizes = ''] = await client.keys('limited:{local}:usage:bytes:*');
    expect(Number(await client.hget(sizes, '{sum}'))).toBeGreaterThan(3_000);
  });

  it('connects through any one node, and goes on when all of them lose the scripts', async () => {
    const [, , third] = cluster.url.split(',');
    await using server = await startServerProcess({ REDIS_URL: `${third ?? ''},${third ?? ''}` });
    const { url } = await server.started();
    await playConversation(url);
    for (const { client } of cluster.nodes) await client.script('FLUSH');
    await playConversation(url);
  });
});

describe('a connection to Redis Cluster', () => {
  it('carries many first commands at once, to every primary', async () => {
    using connection = await connect();
    const keys = Array.from({ length: 300 }, (_, index) => `first:${index}`);
    const replies = await Promise.all(keys.map((key) => connection.redis.set(key, key, 'PX', 1_000)));
    expect(new Set(replies)).toEqual(new Set(['OK']));
  });

  it('keeps all of a conversation in one slot, its channels and the tickets of its queue included', async () => {
    const key = { tenant: 'a', user: 'b}c', conversationId: 'd{e' };
    const builder = new KeyBuilder('tk');
    const names = [
      ...Object.values<string>({ ...builder.conversation(key) }),
      builder.interrupted(key, 'token'),
      builder.ticket(key, { turnId: 'turn-1', id: 'x' }),
    ];
    const { client } = await cluster.primaryOf('any');
    const slots = await Promise.all(names.map((name) => client.cluster('KEYSLOT', name)));
    expect(new Set(slots).size).toBe(1);
  });
});

describe('messages on Redis Cluster', () => {
  async function listen() {
    const subscriptions = new Subscriptions({ target: parseRedisUrl(cluster.url), commandTimeoutMs: 500 });
    await new Promise<void>((resolve) => void subscriptions.onReconnect(resolve));
    const heard: string[] = [];
    return { subscriptions, heard, [Symbol.dispose]: () => subscriptions.close() };
  }

  const announce =
    "redis.call('SET', KEYS[1], ARGV[1], 'PX', 1000) return redis.pcall('SPUBLISH', KEYS[2], ARGV[1])";

  it('reach who has subscribed the channel of a slot, sent by a script of that slot, on every primary', async () => {
    using connection = await connect();
    using listening = await listen();
    const { subscriptions, heard } = listening;
    const tags = ['a', 'b', 'c', 'd', 'e', 'f'];
    const [stopFirst = () => undefined] = await Promise.all(
      tags.map((tag) => subscriptions.subscribe(`{${tag}}:events`, (message) => heard.push(message))),
    );
    for (const tag of tags) {
      expect(await connection.redis.eval(announce, 2, `{${tag}}:state`, `{${tag}}:events`, `to ${tag}`)).toBe(
        1,
      );
    }
    await vi.waitFor(() => expect(heard.sort()).toEqual(tags.map((tag) => `to ${tag}`)));
    stopFirst();
    await vi.waitFor(async () =>
      expect(await connection.redis.eval(announce, 2, '{a}:state', '{a}:events', 'nobody')).toBe(0),
    );
  });

  it('reach who has subscribed a channel of the whole cluster, whatever node they are sent to', async () => {
    using listening = await listen();
    const { subscriptions, heard } = listening;
    subscriptions.subscribeGlobal('everywhere', (message) => heard.push(message));
    const { client: anyNode } = await cluster.primaryOf('any');
    await vi.waitFor(async () => {
      await anyNode.publish('everywhere', 'probe');
      expect(heard).toContain('probe');
    });
    for (const [index, { client }] of cluster.nodes.entries())
      await client.publish('everywhere', String(index));
    const heardOf = () => heard.filter((message) => message !== 'probe').sort();
    await vi.waitFor(() => expect(heardOf()).toEqual(cluster.nodes.map((_, index) => String(index))));
  });
});
