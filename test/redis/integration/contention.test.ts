import { describe, expect, inject, it, vi } from 'vitest';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { ScriptedAgent, createTestCaller, isTurnkeeperError } from '../../../server/testing/index.ts';
import type { Agent } from '../../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { failureOf } from '../../support/failure-of.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';
import { AttendedAgent } from './attended-agent.ts';

const key = { tenant: 'test-tenant', user: 'test-user', conversationId: 'c' };

interface UnderSettings {
  /** The prefix of another caller, to be a second server of the same conversations. */
  readonly prefix?: string;
  readonly turnWaitMaxMs?: number;
}

interface Waiting {
  readonly whenBusy?: 'reject' | 'wait' | 'interrupt';
  readonly waitMs?: number;
}

async function openUnder<TestAgent extends Agent>(agent: TestAgent, settings: UnderSettings = {}) {
  const { prefix = freshPrefix(), ...bounds } = settings;
  const store = { redisUrl: inject('redisUrl'), prefix };
  const under = await createTestCaller({ definitions: [survey], agent, store, ...bounds });
  const { redis, [Symbol.dispose]: disconnect } = rawRedis(inject('redisUrl'));
  const { workflow } = under.caller;
  const { waiting } = new KeyBuilder(prefix).conversation(key);
  return {
    ...under,
    workflow,
    prefix,
    turn: (turnId: string, how: Waiting = {}, conversationId = 'c') =>
      workflow.turn({ conversationId, turnId, input: text('go on'), ...how }),
    /** Resolves once this many callers are waiting. */
    untilWaiting: (count: number) =>
      vi.waitFor(async () => expect(await redis.zcard(waiting)).toBe(count), { interval: 5, timeout: 5_000 }),
    [Symbol.asyncDispose]: async () => {
      disconnect();
      await under[Symbol.asyncDispose]();
    },
  };
}

/** A conversation whose first turn, `turn-1`, waits for the agent. */
async function openWaiting() {
  const agent = new HeldAgent();
  const under = await openUnder(agent);
  const first = under.turn('turn-1');
  const question = await agent.question();
  return { ...under, first, question };
}

/** A conversation with one committed turn and a second, `turn-2`, that waits for the agent. */
async function openWaitingAgain() {
  const { first, question, ...under } = await openWaiting();
  question.answer('the one answer');
  const committed = await first;
  const second = under.turn('turn-2');
  return { ...under, committed, second, question: await under.agent.question() };
}

/** Retries for as long as another turn is in progress. */
async function untilItsTurn<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const cause = error instanceof Error ? error.cause : null;
      if (!isTurnkeeperError(cause, 'TURN_IN_PROGRESS')) throw error;
    }
  }
}

describe('two turns at once (I1)', () => {
  it('one runs, the other fails with CONFLICT / TURN_IN_PROGRESS and the time for a retry', async () => {
    await using under = await openWaiting();
    const { code, error } = await failureOf(under.turn('turn-2'));
    expect(code).toBe('CONFLICT');
    expect(error).toMatchObject({
      reason: 'TURN_IN_PROGRESS',
      retryable: true,
      retryAfterMs: expect.any(Number) as number,
      runningForMs: expect.any(Number) as number,
    });
    under.question.answer();
    expect((await under.first).turn.number).toBe(1);
    expect(under.agent.asked).toBe(1);
  });

  it('exactly one of them wins if they start at the same moment, on two servers as on one', async () => {
    const agents = [new HeldAgent(), new HeldAgent()] as const;
    await using one = await openUnder(agents[0]);
    await using two = await openUnder(agents[1], { prefix: one.prefix });
    const turns = [one.turn('a'), two.turn('b'), one.turn('c'), two.turn('d')];
    const settled = Promise.allSettled(turns);
    const question = await Promise.race(agents.map((agent) => agent.question()));
    // All losers fail before the winner finishes: one that came later would win, too.
    const losers = turns.length - 1;
    await new Promise<void>((resolve) => {
      let lost = 0;
      const lose = (): void => {
        lost += 1;
        if (lost === losers) resolve();
      };
      for (const turn of turns) turn.catch(lose);
    });
    question.answer();
    const outcomes = await settled;
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(agents[0].asked + agents[1].asked).toBe(1);
    const { messages } = await one.workflow.get({ conversationId: 'c' });
    expect(messages.map(({ id }) => id)).toEqual(['1.0', '1.1']);
  });

  it('the one that waited is reported, with how long it waited', async () => {
    await using under = await openWaiting();
    await failureOf(under.turn('turn-2'));
    expect(under.events.filter(({ type }) => type === 'lease.contended')).toEqual([
      { type: 'lease.contended', key, call: 'turn', outcome: 'refused', waitedMs: 0 },
    ]);
    under.question.answer();
    await under.first;
  });
});

describe('many turns at once (I1)', () => {
  it('all run in the end, one after the other: their numbers have no gap and no repeat', async () => {
    const count = 20;
    const agent = new ScriptedAgent(Array.from({ length: count }, () => ({ text: 'Tell me more.' })));
    await using under = await openUnder(agent);
    const results = await Promise.all(
      Array.from({ length: count }, (_, index) => untilItsTurn(() => under.turn(`turn-${index}`))),
    );
    const expected = Array.from({ length: count }, (_, index) => index + 1);
    expect(results.map(({ turn }) => turn.number).sort((a, b) => a - b)).toEqual(expected);
    expect(results.every(({ replayed }) => !replayed)).toBe(true);
    expect(agent.requests).toHaveLength(count);
    const { messages, workflowState } = await under.workflow.get({
      conversationId: 'c',
      messages: { limit: 100 },
    });
    expect(workflowState.turnCount).toBe(count);
    expect(messages.map(({ id }) => id)).toEqual(
      expected.flatMap((number) => [`${number}.0`, `${number}.1`]),
    );
    expect(under.events.some(({ type }) => type === 'lease.contended')).toBe(true);
  });
});

describe('one turn id sent several times at once (I4)', () => {
  it.each(['reject', 'wait', 'interrupt'] as const)(
    'runs once; the others wait for its result, also on another server, whatever their whenBusy (%s)',
    async (whenBusy) => {
      const agent = new HeldAgent();
      await using here = await openUnder(agent);
      await using there = await openUnder(agent, { prefix: here.prefix });
      const first = here.turn('turn-1');
      const question = await agent.question();
      const others = [here.turn('turn-1', { whenBusy }), there.turn('turn-1', { whenBusy })];
      await here.untilWaiting(2);
      question.answer('the one answer');
      const result = await first;
      expect(result.replayed).toBe(false);
      for (const other of await Promise.all(others)) {
        expect(other).toMatchObject({
          replayed: true,
          turn: result.turn,
          messages: result.messages,
          workflowState: result.workflowState,
        });
      }
      expect(agent.asked).toBe(1);
      expect(
        [...here.events, ...there.events].filter(({ type }) => type === 'lease.contended'),
      ).toMatchObject([
        { call: 'turn', outcome: 'replayed' },
        { call: 'turn', outcome: 'replayed' },
      ]);
    },
  );

  it('is run by one of the others when the running one fails', async () => {
    const agent = new AttendedAgent();
    await using here = await openUnder(agent);
    await using there = await openUnder(agent, { prefix: here.prefix });
    const first = here.turn('turn-1');
    const question = await agent.question();
    const others = [here.turn('turn-1'), there.turn('turn-1')];
    await here.untilWaiting(2);
    question.fail();
    expect((await failureOf(first)).error.reason).toBe('AGENT_FAILED');
    (await agent.question()).answer();
    const results = await Promise.all(others);
    expect(results.map(({ turn }) => turn.number)).toEqual([1, 1]);
    expect(results.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
    expect(agent.asked).toHaveLength(2);
  });

  it('goes before other turns that wait', async () => {
    const agent = new AttendedAgent();
    await using here = await openUnder(agent);
    const first = here.turn('turn-1');
    const question = await agent.question();
    const next = here.turn('turn-2', { whenBusy: 'wait' });
    await here.untilWaiting(1);
    const again = here.turn('turn-1');
    await here.untilWaiting(2);
    question.answer();
    await first;
    expect((await again).replayed).toBe(true);
    (await agent.question()).answer();
    expect((await next).turn.number).toBe(2);
  });

  it.each([
    ['as long as the server lets it', { turnWaitMaxMs: 100 }, {}],
    ['as long as it says', {}, { waitMs: 100 }],
  ])('waits for the result %s, and then fails with TURN_IN_PROGRESS', async (_time, settings, how) => {
    const agent = new HeldAgent();
    await using under = await openUnder(agent, settings);
    const first = under.turn('turn-1');
    const question = await agent.question();
    const { code, error } = await failureOf(under.turn('turn-1', how));
    expect([code, error.reason, error.retryable]).toEqual(['CONFLICT', 'TURN_IN_PROGRESS', true]);
    expect(error.runningForMs).toBeGreaterThanOrEqual(99);
    question.answer();
    expect((await first).replayed).toBe(false);
    expect(agent.asked).toBe(1);
  });

  it('is answered from the record although another turn holds the lease', async () => {
    await using under = await openWaitingAgain();
    const { messages } = under.committed;
    expect(await under.turn('turn-1')).toMatchObject({ replayed: true, turn: { number: 1 }, messages });
    under.question.answer();
    expect((await under.second).turn.number).toBe(2);
  });

  it('runs once, however many ask at the same moment', async () => {
    const agent = new ScriptedAgent([{ text: 'the one answer' }]);
    await using under = await openUnder(agent);
    const results = await Promise.all(
      Array.from({ length: 10 }, () => untilItsTurn(() => under.turn('same'))),
    );
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(results.map(({ turn }) => turn.number))).toEqual(new Set([1]));
    expect(agent.requests).toHaveLength(1);
  });
});

describe('different conversations', () => {
  it("do not wait for each other: one's turn runs while another's agent is thinking", async () => {
    const agent = new HeldAgent();
    await using under = await openUnder(agent);
    const slow = under.turn('turn-1', {}, 'slow');
    const question = await agent.question();
    const quick = under.turn('turn-1', {}, 'quick');
    (await agent.question()).answer();
    expect((await quick).turn.number).toBe(1);
    question.answer();
    expect((await slow).turn.number).toBe(1);
  });
});

describe('an end while a turn runs', () => {
  it('fails with TURN_IN_PROGRESS, is reported as an end, and works when the turn is over', async () => {
    await using under = await openWaiting();
    const end = () => under.workflow.end({ conversationId: 'c', outcome: 'cancelled' });
    expect((await failureOf(end())).error).toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    expect(under.events.at(-1)).toMatchObject({ type: 'lease.contended', call: 'end' });
    under.question.answer();
    await under.first;
    expect((await end()).workflowState.status).toBe('ended');
    expect((await failureOf(under.turn('turn-2'))).error.reason).toBe('WORKFLOW_ENDED');
  });

  it('does not keep get and list from answering', async () => {
    await using under = await openWaitingAgain();
    expect((await under.workflow.get({ conversationId: 'c' })).workflowState.turnCount).toBe(1);
    expect((await under.workflow.list()).conversations).toHaveLength(1);
    under.question.answer();
    await under.second;
  });
});
