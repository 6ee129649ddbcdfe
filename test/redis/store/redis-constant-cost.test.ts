import { describe, expect, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { startCountingProxy } from '../../support/proxy/counting-proxy.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';

/** The number of executions of each command, those inside scripts included, from INFO commandstats. */
function callsOf(stats: string): Record<string, number> {
  const lines = stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm);
  return Object.fromEntries(
    [...lines]
      .map(([, command = '', calls]) => [command, Number(calls)] as const)
      .filter(([command]) => !['info', 'config|resetstat'].includes(command))
      .sort(),
  );
}

describe('a turn costs the same however long the conversation is (I9)', () => {
  it('turn 300 executes the commands of turn 3, and moves as many bytes', async () => {
    // The test has a Redis of its own, because INFO counts the commands of all clients.
    await using own = await startOwnRedis();
    await using proxy = await startCountingProxy(own.url);
    using raw = rawRedis(own.url);
    await using under = await createTestCaller({
      definitions: [survey],
      store: { redisUrl: proxy.url, prefix: freshPrefix() },
    });
    const turn = async (number: number): Promise<void> => {
      under.agent.willAnswer({ text: 'Tell me more.' });
      const turnId = `turn-${String(number).padStart(5, '0')}`;
      await under.caller.workflow.turn({ conversationId: 'c', turnId, input: text('go on') });
    };
    const costOf = async (number: number) => {
      await raw.redis.config('RESETSTAT');
      const { flights, requestBytes, replyBytes } = await proxy.count(() => turn(number));
      const commands = callsOf(await raw.redis.info('commandstats'));
      return { commands, flights, requestBytes, replyBytes };
    };
    let next = 1;
    /**
     * A busy machine may make a turn longer than 50 ms, so that it sends live text as well: then the next turn is
     * measured.
     */
    const costOfNext = async () => {
      for (;;) {
        const cost = await costOf(next++);
        if (cost.commands['spublish'] === 1) return cost;
      }
    };
    while (next < 3) await turn(next++);
    const early = await costOfNext();
    while (next < 300) await turn(next++);
    const late = await costOfNext();

    expect(Object.keys(early.commands)).toEqual(expect.arrayContaining(['evalsha', 'get', 'set', 'xadd']));
    expect(late.commands).toEqual(early.commands);
    expect(late.flights).toBe(early.flights);
    // The only difference is numbers of three digits instead of one.
    expect(Math.abs(late.requestBytes - early.requestBytes)).toBeLessThan(100);
    expect(Math.abs(late.replyBytes - early.replyBytes)).toBeLessThan(100);
  });
});
