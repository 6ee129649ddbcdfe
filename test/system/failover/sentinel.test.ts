import { describe, expect, it } from 'vitest';
import { startRedisSentinel } from '../../support/redis-sentinel.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';
import { expectNothingLost, expectQuickRefusals, expectSequence, report } from './expectations.ts';
import { longestQueueMs, startTraffic } from './traffic.ts';

const conversations = ['ann', 'bob', 'cem', 'dee'];

const timeout = 240_000;

describe('Sentinel, in mid-traffic', { timeout }, () => {
  it.each(['kill', 'hang'] as const)(
    'the %s of the primary costs time, but keeps the order: turns go on',
    async (fault) => {
      using rejections = watchUnhandledRejections();
      await using sentinel = await startRedisSentinel();
      await using traffic = await startTraffic({ conversations, env: sentinel.env });
      await traffic.goesOn(0, 10);

      const faultAt = performance.now();
      await sentinel.primary[fault]();
      await traffic.goesOn(faultAt);
      await traffic.end();

      report(`Sentinel, ${fault} of the primary`, traffic);
      expectQuickRefusals(traffic);
      await expectSequence(traffic, conversations);
      expect(await traffic.queueMs()).toBeLessThan(longestQueueMs);
      expect(rejections.unhandled).toEqual([]);
    },
  );

  it('the kill of the primary loses no acknowledged turn with REDIS_WAIT_REPLICAS=1; turns go on when it is back, as a replica', async () => {
    using rejections = watchUnhandledRejections();
    await using sentinel = await startRedisSentinel();
    await using traffic = await startTraffic({
      conversations,
      env: { ...sentinel.env, REDIS_WAIT_REPLICAS: '1' },
    });
    await traffic.goesOn(0, 10);

    const faultAt = performance.now();
    await sentinel.primary.kill();
    await sentinel.promoted();
    const promotedAt = performance.now();
    await sentinel.primary.start();
    await traffic.goesOn(faultAt);
    await traffic.end();

    report(
      `Sentinel, kill of the primary, one replica must have each turn, promoted after ${Math.round(promotedAt - faultAt)} ms`,
      traffic,
    );
    expectQuickRefusals(traffic);
    await expectNothingLost(traffic, conversations);
    expect(rejections.unhandled).toEqual([]);
  });
});
