import { describe, expect, inject, it } from 'vitest';
import { ScriptedAgent, createTestCaller, isTurnkeeperError } from '../../server/testing/index.ts';
import type { Agent } from '../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { failureOf } from '../support/failure-of.ts';
import { HeldAgent } from '../support/held-agent.ts';
import { freshPrefix } from '../support/raw-redis.ts';

async function openUnder<TestAgent extends Agent>(agent: TestAgent, prefix = freshPrefix()) {
  const store = { redisUrl: inject('redisUrl'), prefix };
  const under = await createTestCaller({ definitions: [survey], agent, store });
  const { workflow } = under.caller;
  return {
    ...under,
    workflow,
    prefix,
    turn: (turnId: string, conversationId = 'c') =>
      workflow.turn({ conversationId, turnId, input: text('go on') }),
  };
}

/** A conversation with one turn, `turn-1`, that waits for the agent. */
async function openWaiting() {
  const agent = new HeldAgent();
  const under = await openUnder(agent);
  const first = under.turn('turn-1');
  const question = await agent.question();
  return { ...under, first, question };
}

/** A conversation with one committed turn, and a second, `turn-2`, that waits for the agent. */
async function openWaitingAgain() {
  const { first, question, ...under } = await openWaiting();
  question.answer('the one answer');
  const committed = await first;
  const second = under.turn('turn-2');
  return { ...under, committed, second, question: await under.agent.question() };
}

/** Tries again for as long as another turn is in progress. */
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
  it('one runs, the other is told CONFLICT / TURN_IN_PROGRESS and when to try again', async () => {
    await using under = await openWaiting();
    const { code, error } = await failureOf(under.turn('turn-2'));
    expect(code).toBe('CONFLICT');
    expect(error).toMatchObject({ reason: 'TURN_IN_PROGRESS', retryable: true, retryAfterMs: 250 });
    under.question.answer();
    expect((await under.first).turn.number).toBe(1);
    expect(under.agent.asked).toBe(1);
  });

  it('exactly one of them wins when nobody was first, on two servers as on one', async () => {
    const agents = [new HeldAgent(), new HeldAgent()] as const;
    await using one = await openUnder(agents[0]);
    await using two = await openUnder(agents[1], one.prefix);
    const turns = [one.turn('a'), two.turn('b'), one.turn('c'), two.turn('d')];
    const settled = Promise.allSettled(turns);
    const question = await Promise.race(agents.map((agent) => agent.question()));
    // The losers are told before the winner is through.
    await Promise.any(
      turns.map((turn) =>
        turn.then(
          () => Promise.reject(new Error('won')),
          () => 'lost',
        ),
      ),
    );
    question.answer();
    const outcomes = await settled;
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(agents[0].asked + agents[1].asked).toBe(1);
    const { messages } = await one.workflow.get({ conversationId: 'c' });
    expect(messages.map(({ id }) => id)).toEqual(['1.0', '1.1']);
  });

  it('the one that was told to wait is reported, with how long it waited', async () => {
    await using under = await openWaiting();
    await failureOf(under.turn('turn-2'));
    const key = { tenant: 'test-tenant', user: 'test-user', conversationId: 'c' };
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
  it('runs once; the others get its result when they try again', async () => {
    await using under = await openWaiting();
    expect((await failureOf(under.turn('turn-1'))).error.reason).toBe('TURN_IN_PROGRESS');
    under.question.answer('the one answer');
    const result = await under.first;
    const again = await under.turn('turn-1');
    expect(result.replayed).toBe(false);
    expect(again).toMatchObject({
      replayed: true,
      turn: result.turn,
      messages: result.messages,
      workflowState: result.workflowState,
    });
    expect(under.agent.asked).toBe(1);
  });

  it('is answered from the record though another turn holds the lease', async () => {
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
    const slow = under.turn('turn-1', 'slow');
    const question = await agent.question();
    const quick = under.turn('turn-1', 'quick');
    (await agent.question()).answer();
    expect((await quick).turn.number).toBe(1);
    question.answer();
    expect((await slow).turn.number).toBe(1);
  });
});

describe('an end while a turn runs', () => {
  it('is told TURN_IN_PROGRESS, reported as an end, and works when the turn is over', async () => {
    await using under = await openWaiting();
    const end = () => under.workflow.end({ conversationId: 'c', outcome: 'cancelled' });
    expect((await failureOf(end())).error).toMatchObject({ reason: 'TURN_IN_PROGRESS', retryAfterMs: 250 });
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
