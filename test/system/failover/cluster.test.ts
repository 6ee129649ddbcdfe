import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeConnection, connectRedis } from '../../../server/redis/connection/connect-redis.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import type { ConversationKeys } from '../../../server/redis/scripts/conversation-keys.ts';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { Subscriptions } from '../../../server/redis/connection/subscriptions.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { until } from '../../support/until.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';
import { expectNothingLost, expectQuickRefusals, expectSequence, report } from './expectations.ts';
import { longestQueueMs, startTraffic } from './traffic.ts';

/** Enough conversations for every shard to have some. */
const conversations = ['ann', 'bob', 'cem', 'dee', 'eva', 'fay', 'gil', 'hal'];

let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** The keys of the first conversation. */
function keysIn({ prefix }: { readonly prefix: string }): ConversationKeys {
  return new KeyBuilder(prefix).conversation({ tenant: 'local', user: 'local', conversationId: 'ann' });
}

async function primaryIn(traffic: { readonly prefix: string }) {
  return (await cluster.primaryOf(keysIn(traffic).state)).redis;
}

/** A silent listener: whatever happens to its channel's primary, messages must reach it again. */
async function listen(channel: string) {
  const target = parseRedisUrl(cluster.url);
  const redis = connectRedis({ target, commandTimeoutMs: 300, onChange: () => undefined });
  const subscriptions = new Subscriptions({ target, commandTimeoutMs: 300 });
  const heard = new Set<string>();
  await new Promise<void>((resolve) => void subscriptions.onReconnect(resolve));
  await subscriptions.subscribe(channel, (message) => heard.add(message));
  return {
    hears: () =>
      vi.waitFor(async () => {
        await redis.spublish(channel, 'still there');
        expect(heard).toContain('still there');
      }, 5_000),
    [Symbol.dispose]: () => {
      subscriptions.close();
      closeConnection(redis);
    },
  };
}

const timeout = 240_000;

describe('Cluster, in mid-traffic', { timeout }, () => {
  it.each(['kill', 'hang'] as const)(
    'the %s of a primary costs time, but keeps the order: turns go on',
    async (fault) => {
      using rejections = watchUnhandledRejections();
      await using traffic = await startTraffic({ conversations, env: { REDIS_URL: cluster.url } });
      await traffic.goesOn(0, 10);
      using listening = await listen(keysIn(traffic).events);

      const primary = await primaryIn(traffic);
      const faultAt = performance.now();
      await primary[fault]();
      await traffic.goesOn(faultAt);
      await traffic.end();
      await listening.hears();

      if (fault === 'kill') await primary.start();
      else primary.goOn();
      await cluster.isWhole();

      report(`Cluster, ${fault} of a primary`, traffic);
      expectQuickRefusals(traffic);
      await expectSequence(traffic, conversations);
      expect(await traffic.queueMs()).toBeLessThan(longestQueueMs);
      expect(rejections.unhandled).toEqual([]);
    },
  );

  it('the kill of a primary loses no acknowledged turn with REDIS_WAIT_REPLICAS=1; turns go on when it is back, as a replica', async () => {
    using rejections = watchUnhandledRejections();
    await using traffic = await startTraffic({
      conversations,
      env: { REDIS_URL: cluster.url, REDIS_WAIT_REPLICAS: '1' },
    });
    await traffic.goesOn(0, 10);

    const primary = await primaryIn(traffic);
    const faultAt = performance.now();
    await primary.kill();
    await until(async () => (await primaryIn(traffic)) !== primary);
    await primary.start();
    await traffic.goesOn(faultAt);
    await traffic.end();

    report('Cluster, kill of a primary, one replica must have each turn', traffic);
    expectQuickRefusals(traffic);
    await expectNothingLost(traffic, conversations);
    expect(rejections.unhandled).toEqual([]);
  });
});
