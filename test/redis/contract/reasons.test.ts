import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { AgentFailure, createTestCaller } from '../../../server/testing/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller } from './open-caller.ts';
import { openWaiting } from './open-waiting.ts';
import { faultDetail, faulty, faultyAnswer, survey, text, travel } from './sample-workflows.ts';

const turn = { conversationId: 'c', workflowId: 'travel', input: text('hello') } as const;

/** A turn and an end in conversations of their own. */
function newCalls({ caller }: Awaited<ReturnType<typeof openWaiting>>): (() => Promise<unknown>)[] {
  return [
    () => caller.workflow.turn({ ...turn, conversationId: 'other' }),
    () => caller.workflow.end({ conversationId: 'another', outcome: 'cancelled' }),
  ];
}

describe('every reason that a call can fail for', () => {
  it('UNAUTHENTICATED when the credentials were refused', async () => {
    await using test = await openCaller();
    const { code, error } = await failureOf(test.as(null).workflow.turn(turn));
    expect([code, error.reason, error.retryable]).toEqual(['UNAUTHORIZED', 'UNAUTHENTICATED', false]);
  });

  it('UNKNOWN_WORKFLOW for a workflow that the server does not run, naming those it does', async () => {
    await using test = await openCaller();
    const { code, error } = await failureOf(test.caller.workflow.turn({ ...turn, workflowId: 'nope' }));
    expect([code, error.reason]).toEqual(['BAD_REQUEST', 'UNKNOWN_WORKFLOW']);
    expect(error.message).toContain('"travel", "survey"');
  });

  it('UNKNOWN_WORKFLOW when a conversation is opened without naming one of several', async () => {
    await using test = await openCaller();
    const { error } = await failureOf(
      test.caller.workflow.turn({ conversationId: 'c', input: text('hello') }),
    );
    expect(error.reason).toBe('UNKNOWN_WORKFLOW');
    expect(error.issues?.[0]?.path).toBe('workflowId');
  });

  it('no reason at all when the only workflow is not named', async () => {
    await using test = await createTestCaller({ definitions: [survey] });
    test.agent.willAnswer({ text: 'Hello' });
    const result = await test.caller.workflow.turn({ conversationId: 'c', input: { type: 'open' } });
    expect(result.workflowId).toBe('survey');
  });

  it('WORKFLOW_MISMATCH when a conversation is continued as another workflow', async () => {
    await using test = await openCaller();
    test.agent.willAnswer({ text: 'Hello' });
    await test.caller.workflow.turn(turn);
    const { code, error } = await failureOf(test.caller.workflow.turn({ ...turn, workflowId: 'survey' }));
    expect([code, error.reason]).toEqual(['BAD_REQUEST', 'WORKFLOW_MISMATCH']);
  });

  it('UNKNOWN_CARD for a card that was not shown', async () => {
    await using test = await openCaller();
    const input = { type: 'cardAction', cardId: 'card-1.1', data: {} } as const;
    const { code, error } = await failureOf(test.caller.workflow.turn({ ...turn, input }));
    expect([code, error.reason]).toEqual(['BAD_REQUEST', 'UNKNOWN_CARD']);
  });

  it('TURN_IN_PROGRESS for a turn, and for an end, while another turn runs', async () => {
    await using test = await openWaiting();
    test.clock.advance(1_500);
    for (const call of [
      () => test.caller.workflow.turn({ ...turn, input: text('me too') }),
      () => test.caller.workflow.end({ conversationId: 'c', outcome: 'cancelled' }),
    ]) {
      const { code, error } = await failureOf(call());
      expect([code, error.reason, error.retryable]).toEqual(['CONFLICT', 'TURN_IN_PROGRESS', true]);
      // The running turn's age, and the delay until a retry makes sense.
      expect([error.runningForMs, error.retryAfterMs]).toEqual([1_500, 1_500]);
    }
    test.answer();
    expect((await test.running).turn.number).toBe(1);
    expect(test.events.filter(({ type }) => type === 'lease.contended')).toHaveLength(2);
  });

  it('TURN_INTERRUPTED for a turn that another call interrupts', async () => {
    await using test = await openWaiting();
    const ended = test.caller.workflow.end({
      conversationId: 'c',
      outcome: 'cancelled',
      whenBusy: 'interrupt',
    });
    const { code, error } = await failureOf(test.running);
    expect([code, error.reason, error.retryable]).toEqual(['CONFLICT', 'TURN_INTERRUPTED', true]);
    // Its opening was interrupted, so there is nothing to end.
    expect((await failureOf(ended)).error.reason).toBe('WORKFLOW_NOT_FOUND');
  });

  it('AGENT_FAILED when the agent fails, with the time it asked for', async () => {
    await using test = await openCaller();
    test.agent.willAnswer(new AgentFailure('refused', 'throttled', { retryAfterMs: 7_000 }));
    const { code, error } = await failureOf(test.caller.workflow.turn(turn));
    expect([code, error.reason, error.retryAfterMs]).toEqual(['BAD_GATEWAY', 'AGENT_FAILED', 7_000]);
  });

  it('AGENT_TIMEOUT when it does not answer in time', async () => {
    await using test = await openWaiting();
    const failing = failureOf(test.running);
    test.clock.advance(30_000);
    const { code, error } = await failing;
    expect([code, error.reason, error.retryable]).toEqual(['GATEWAY_TIMEOUT', 'AGENT_TIMEOUT', true]);
  });

  it('STATE_STORE_UNAVAILABLE from every procedure that needs the store', async () => {
    await using test = await openCaller();
    test.setStoreDown(true);
    const { turn: runTurn, get, end, list, definitions } = test.caller.workflow;
    for (const call of [
      () => runTurn(turn),
      () => get({ conversationId: 'c' }),
      () => end({ conversationId: 'c', outcome: 'cancelled' }),
      () => list(),
    ]) {
      const { code, error } = await failureOf(call());
      expect([code, error.reason, error.retryable]).toEqual([
        'SERVICE_UNAVAILABLE',
        'STATE_STORE_UNAVAILABLE',
        true,
      ]);
    }
    expect(await definitions()).toHaveLength(2);
  });

  it('OVERLOADED for a turn, and for an end, beyond those that a server takes at once', async () => {
    await using test = await openWaiting({ maxTurnsInFlight: 1 });
    for (const call of newCalls(test)) {
      const { code, error } = await failureOf(call());
      expect([code, error.reason, error.retryable]).toEqual(['SERVICE_UNAVAILABLE', 'OVERLOADED', true]);
      expect(error.retryAfterMs).toBeGreaterThan(0);
    }
    test.answer();
    await test.running;
    expect((await test.caller.workflow.end({ conversationId: 'c', outcome: 'cancelled' })).purged).toBe(
      false,
    );
  });

  it('SHUTTING_DOWN for a new turn, and for an end, while the running turn may finish', async () => {
    await using test = await openWaiting();
    const isDown = test.shutDown();
    for (const call of newCalls(test)) {
      const { code, error } = await failureOf(call());
      expect([code, error.reason, error.retryable]).toEqual(['SERVICE_UNAVAILABLE', 'SHUTTING_DOWN', true]);
      expect(error.retryAfterMs).toBeGreaterThan(0);
    }
    test.answer();
    expect((await test.running).turn.number).toBe(1);
    await isDown;
    const { workflowState } = await test.caller.workflow.get({ conversationId: 'c' });
    expect(workflowState.status).toBe('active');
  });

  it('INTERNAL for an unforeseen error: opaque to the caller, logged under the error id', async () => {
    await using test = await createTestCaller({ definitions: [faulty] });
    test.agent.willAnswer(faultyAnswer);
    const { code, error } = await failureOf(
      test.caller.workflow.turn({ conversationId: 'c', input: text('hi') }),
    );
    expect([code, error.reason, error.retryable]).toEqual(['INTERNAL_SERVER_ERROR', 'INTERNAL', false]);
    expect(error.message).not.toContain('secret');
    const logged = test.events.find((event) => event.type === 'error.unexpected');
    expect(error.message).toContain(logged?.errorId);
    expect(logged?.error).toMatchObject({ cause: { message: faultDetail } });
  });
});

describe('a conversation of another version of its definition', () => {
  const renamed = { ...travel, version: 3, steps: [survey.steps[0], travel.steps[2]] } as const;

  /** A store with a conversation that version 2 of `travel` wrote with these fields. */
  async function leftBehind(data: Readonly<Record<string, string | number>>) {
    const store = { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` };
    await using before = await createTestCaller({ definitions: [travel], store });
    before.agent.willAnswer({ text: 'Hello', data });
    await before.caller.workflow.turn({ conversationId: 'c', input: text('hello') });
    return store;
  }

  it('is carried over while every collected field still fits', async () => {
    const store = await leftBehind({});
    await using after = await createTestCaller({ definitions: [renamed], store });
    after.agent.willAnswer({ text: 'Go on' });
    const result = await after.caller.workflow.turn({ conversationId: 'c', input: text('still there?') });
    expect(result.workflowState).toMatchObject({ definitionVersion: 3, currentStep: 'rating', turnCount: 2 });
  });

  it('DEFINITION_CHANGED when a collected field does not fit; it can still be cancelled', async () => {
    const store = await leftBehind({ destination: 'Oslo' });
    await using after = await createTestCaller({ definitions: [renamed], store });
    const again = { conversationId: 'c', input: text('still there?') } as const;
    const { code, error } = await failureOf(after.caller.workflow.turn(again));
    expect([code, error.reason]).toEqual(['PRECONDITION_FAILED', 'DEFINITION_CHANGED']);
    expect(error.issues?.map(({ path }) => path)).toEqual(['destination']);
    expect((await failureOf(after.caller.workflow.get({ conversationId: 'c' }))).error.reason).toBe(
      'DEFINITION_CHANGED',
    );
    const ended = await after.caller.workflow.end({ conversationId: 'c', outcome: 'cancelled' });
    expect(ended.workflowState.status).toBe('ended');
  });

  it("is migrated by the definition's own migrate", async () => {
    const store = await leftBehind({ nights: 5 });
    const migrating = { ...renamed, migrate: () => ({ rating: 3 }) };
    await using after = await createTestCaller({ definitions: [migrating], store });
    after.agent.willAnswer({ text: 'Go on' });
    const result = await after.caller.workflow.turn({ conversationId: 'c', input: text('still there?') });
    expect(result.workflowState).toMatchObject({ collected: { rating: 3 }, currentStep: 'confirm' });
  });

  it('DEFINITION_CHANGED when the server no longer runs its workflow; the list still shows how far it came', async () => {
    const store = await leftBehind({});
    await using after = await createTestCaller({ definitions: [survey], store });
    expect((await failureOf(after.caller.workflow.get({ conversationId: 'c' }))).error.reason).toBe(
      'DEFINITION_CHANGED',
    );
    const { conversations } = await after.caller.workflow.list();
    expect(conversations).toMatchObject([
      { conversationId: 'c', workflowId: 'travel', progress: { currentStep: 'trip', percentComplete: 0 } },
    ]);
  });
});
