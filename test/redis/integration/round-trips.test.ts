import { describe, expect, inject, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { startCountingProxy } from '../../support/proxy/counting-proxy.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';

/** A caller with a counting proxy to Redis, loaded scripts and an open conversation. */
async function openCounted(
  limits: { readonly userTurnsPerMinute?: number; readonly tenantTurnsPerMinute?: number } = {},
) {
  const proxy = await startCountingProxy(inject('redisUrl'));
  const under = await createTestCaller({
    definitions: [survey],
    // A busy machine might otherwise extend the lease, which is another flight.
    lockTtlMs: 600_000,
    ...limits,
    store: { redisUrl: proxy.url, prefix: freshPrefix() },
  });
  const { workflow } = under.caller;
  const turn = (turnId: string, conversationId = 'c') => {
    under.agent.willAnswer({ text: 'Tell me more.' });
    return workflow.turn({ conversationId, turnId, input: text('go on') });
  };
  await turn('turn-1');
  await workflow.get({ conversationId: 'c' });
  return {
    workflow,
    turn,
    flightsOf: async (work: () => Promise<unknown>) => (await proxy.count(work)).flights,
    [Symbol.asyncDispose]: async () => {
      under.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

describe('scripts that Redis runs', () => {
  it.for([
    ['no limit is set', {}],
    ['no limit of turns or conversations is set', { userOpenWatches: 5, tenantWaitingCalls: 5 }],
  ] as const)('are two for a turn where %s, besides a note in the list now and then', async ([, limits]) => {
    await using own = await startOwnRedis();
    await using under = await createTestCaller({
      definitions: [survey],
      lockTtlMs: 600_000,
      ...limits,
      store: { redisUrl: own.url, prefix: freshPrefix() },
    });
    using raw = rawRedis(own.url);
    const turns = 200;
    const turn = (number: number) => {
      under.agent.willAnswer({ text: 'Tell me more.' });
      return under.caller.workflow.turn({
        conversationId: 'c',
        turnId: `turn-${number}`,
        input: text('go on'),
      });
    };
    await turn(0);
    await raw.redis.config('RESETSTAT');
    const began = performance.now();
    for (let number = 1; number <= turns; number += 1) await turn(number);
    const passedMs = performance.now() - began;
    const stats = await raw.redis.info('commandstats');
    const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]);
    // A note is written within 250 ms of an activity, and not more often.
    expect(calls).toBeGreaterThanOrEqual(2 * turns);
    expect(calls).toBeLessThanOrEqual(2 * turns + 1 + passedMs / 250);
  });
});

describe('sequential round trips to Redis', () => {
  it('a turn takes two besides the agent: lease with load, and commit', async () => {
    await using counted = await openCounted();
    expect(await counted.flightsOf(() => counted.turn('turn-2'))).toBe(2);
    expect(await counted.flightsOf(() => counted.turn('turn-3'))).toBe(2);
  });

  it('so does the turn that opens a conversation', async () => {
    await using counted = await openCounted();
    expect(await counted.flightsOf(() => counted.turn('turn-1', 'another'))).toBe(2);
  });

  it('and so do both under limits: the check shares the first', async () => {
    await using counted = await openCounted({ userTurnsPerMinute: 9, tenantTurnsPerMinute: 9 });
    expect(await counted.flightsOf(() => counted.turn('turn-2'))).toBe(2);
    expect(await counted.flightsOf(() => counted.turn('turn-1', 'another'))).toBe(2);
  });

  it('and so does turn 200', async () => {
    await using counted = await openCounted();
    for (let number = 2; number < 200; number += 1) await counted.turn(`turn-${number}`);
    const result: { number?: number } = {};
    const flights = await counted.flightsOf(async () => {
      result.number = (await counted.turn('turn-200')).turn.number;
    });
    expect(result.number).toBe(200);
    expect(flights).toBe(2);
  });

  it('get takes one, after one turn and after fifty', async () => {
    await using counted = await openCounted();
    const get = () => counted.workflow.get({ conversationId: 'c' });
    expect(await counted.flightsOf(get)).toBe(1);
    for (let number = 2; number <= 50; number += 1) await counted.turn(`turn-${number}`);
    expect(await counted.flightsOf(get)).toBe(1);
  });

  it('an end takes two, like a turn', async () => {
    await using counted = await openCounted();
    const end = () => counted.workflow.end({ conversationId: 'c', outcome: 'cancelled' });
    expect(await counted.flightsOf(end)).toBe(2);
  });

  it('a replay takes two: it gives the lease back instead of committing', async () => {
    await using counted = await openCounted();
    expect(await counted.flightsOf(() => counted.turn('turn-1'))).toBe(2);
  });
});
