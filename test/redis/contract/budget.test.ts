import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { AgentFailure, createTestCaller } from '../../../server/testing/index.ts';
import type { BudgetDefinition } from '../../../workflows/definition/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { survey, text } from './sample-workflows.ts';

async function openBudget(kind: StoreKind, budget: BudgetDefinition) {
  const test = await createTestCaller({
    definitions: [{ ...survey, budget }],
    store: kind === 'memory' ? 'memory' : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` },
  });
  const turn = (turnId: string, conversationId = 'c') =>
    test.caller.workflow.turn({ conversationId, turnId, input: text('hello') });
  return { ...test, turn };
}

const spent = { code: 'PRECONDITION_FAILED', error: { reason: 'BUDGET_SPENT', retryable: false } };

describe.each(storeKinds)('the budget of a conversation on %s', (kind) => {
  it('bounds its committed turns: one more is BUDGET_SPENT, and asks no agent', async () => {
    await using test = await openBudget(kind, { turns: 2 });
    test.agent.willAnswer({ text: 'One' }, new AgentFailure('failed', 'told to'), { text: 'Two' });
    await test.turn('1');
    expect((await failureOf(test.turn('failed'))).error.reason).toBe('AGENT_FAILED');
    await test.turn('2');
    const refused = await failureOf(test.turn('3'));
    expect(refused).toMatchObject(spent);
    expect(refused.error.message).toBe(
      'This conversation has used the 2 turns that its workflow allows. It can be read and ended, and a new one can be started.',
    );
    expect(test.agent.requests).toHaveLength(3);
  });

  it('bounds its tokens: the turn that goes beyond them is the last', async () => {
    await using test = await openBudget(kind, { tokens: 100 });
    const usage = { inputTokens: 40, outputTokens: 9 };
    test.agent.willAnswer({ text: 'One', usage }, { text: 'Two' }, { text: 'Three', usage });
    expect((await test.turn('1')).turn.usage).toEqual(usage);
    expect((await test.turn('2')).turn).not.toHaveProperty('usage');
    await test.turn('3');
    test.agent.willAnswer({ text: 'Four', usage });
    await test.turn('4');
    expect(await failureOf(test.turn('5'))).toMatchObject(spent);
  });

  it('leaves everything else to be done: replays, get, list, end, and another conversation', async () => {
    await using test = await openBudget(kind, { turns: 1 });
    const usage = { inputTokens: 5, outputTokens: 5 };
    test.agent.willAnswer({ text: 'One', usage });
    const first = await test.turn('1');
    const replay = await test.turn('1');
    expect(replay).toMatchObject({ replayed: true, turn: first.turn });
    const { get, list, end } = test.caller.workflow;
    expect((await get({ conversationId: 'c' })).lastTurn?.usage).toEqual(usage);
    expect((await list()).conversations).toHaveLength(1);
    expect((await end({ conversationId: 'c', outcome: 'cancelled' })).workflowState.status).toBe('ended');
    test.agent.willAnswer({ text: 'Anew' });
    expect((await test.turn('1', 'another')).turn.number).toBe(1);
  });
});
