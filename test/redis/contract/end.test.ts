import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import { text, tripAtHome } from './sample-workflows.ts';

describe.each(storeKinds)('workflow.end on %s', (kind) => {
  const conversationId = 'c';

  it('completes a conversation that has all it needs, with a summary of what was collected', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Confirm?', data: tripAtHome });
    await test.caller.workflow.turn({ conversationId, workflowId: 'travel', input: text('to Bergen') });
    const ended = await test.caller.workflow.end({
      conversationId,
      outcome: 'completed',
      reason: 'by phone',
    });
    expect(ended.workflowState).toMatchObject({
      status: 'completed',
      outcome: 'completed',
      collected: tripAtHome,
    });
    expect(ended.progress.percentComplete).toBe(100);
    expect(ended.summary).toMatchObject({ title: 'Business trip', turnCount: 1, reason: 'by phone' });
    expect(ended.summary.steps[0]?.fields).toContainEqual({
      field: 'isAbroad',
      label: 'Is abroad',
      value: false,
    });
    expect(test.events.at(-1)).toMatchObject({
      type: 'conversation.ended',
      outcome: 'completed',
      isPurged: false,
    });
  });

  it('refuses to complete one that lacks required fields, and names them', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'And?', data: { destination: 'Oslo', nights: 1 } });
    await test.caller.workflow.turn({ conversationId, workflowId: 'travel', input: text('Oslo, one night') });
    const { code, error } = await failureOf(
      test.caller.workflow.end({ conversationId, outcome: 'completed' }),
    );
    expect([code, error.reason]).toEqual(['PRECONDITION_FAILED', 'FIELDS_MISSING']);
    expect(error.issues?.map(({ path }) => path)).toEqual(['departure', 'isAbroad']);
    const { workflowState } = await test.caller.workflow.get({ conversationId });
    expect(workflowState.status).toBe('active');
  });

  it('answers the same when it is called twice, whatever the second call asks for', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Hello' });
    await test.caller.workflow.turn({ conversationId, workflowId: 'travel', input: { type: 'open' } });
    const first = await test.caller.workflow.end({
      conversationId,
      outcome: 'cancelled',
      reason: 'changed my mind',
    });
    const again = await test.caller.workflow.end({ conversationId, outcome: 'cancelled' });
    expect(again).toEqual(first);
    expect(again.workflowState).toMatchObject({ status: 'ended', outcome: 'cancelled' });
    expect(await test.caller.workflow.end({ conversationId, outcome: 'completed' })).toEqual(first);
  });

  it('leaves nothing to confirm, also in a conversation that was waiting for a confirmation', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Book it?', action: 'confirm', data: tripAtHome });
    const call = { conversationId, workflowId: 'travel', input: text('to Bergen') } as const;
    const { workflowState } = await test.caller.workflow.turn(call);
    expect(workflowState.suggestedInput).toEqual({ type: 'confirmation' });
    const ended = await test.caller.workflow.end({ conversationId, outcome: 'cancelled' });
    expect(ended.workflowState.suggestedInput).toEqual({ type: 'none' });
    const found = await test.caller.workflow.get({ conversationId });
    expect(found.workflowState.suggestedInput).toEqual({ type: 'none' });
  });

  it('accepts no further turn: the result stands', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Hello' });
    const call = { conversationId, workflowId: 'travel' } as const;
    await test.caller.workflow.turn({ ...call, input: { type: 'open' } });
    await test.caller.workflow.end({ conversationId, outcome: 'cancelled' });
    const { code, error } = await failureOf(test.caller.workflow.turn({ ...call, input: text('wait') }));
    expect([code, error.reason]).toEqual(['PRECONDITION_FAILED', 'WORKFLOW_ENDED']);
  });

  it('with purge deletes the conversation, which can then be opened again', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Hello', data: { nights: 3 } }, { text: 'Hello again' });
    const call = { conversationId, workflowId: 'travel', turnId: 'one', input: text('hello') } as const;
    await test.caller.workflow.turn(call);
    const ended = await test.caller.workflow.end({ conversationId, outcome: 'cancelled', purge: true });
    expect(ended).toMatchObject({
      purged: true,
      workflowState: { status: 'ended', collected: { nights: 3 } },
    });
    expect((await failureOf(test.caller.workflow.get({ conversationId }))).error.reason).toBe(
      'WORKFLOW_NOT_FOUND',
    );
    expect((await test.caller.workflow.list()).conversations).toEqual([]);
    const reopened = await test.caller.workflow.turn(call);
    expect(reopened).toMatchObject({
      replayed: false,
      turn: { number: 1 },
      workflowState: { collected: {} },
    });
  });

  it('purges a conversation that has ended already', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Thanks', data: { rating: 5 } });
    await test.caller.workflow.turn({ conversationId, workflowId: 'survey', input: text('5') });
    const ended = await test.caller.workflow.end({ conversationId, outcome: 'cancelled', purge: true });
    expect(ended).toMatchObject({
      purged: true,
      workflowState: { status: 'completed', outcome: 'completed' },
    });
    expect((await failureOf(test.caller.workflow.get({ conversationId }))).error.reason).toBe(
      'WORKFLOW_NOT_FOUND',
    );
  });

  it('is NOT_FOUND where there is no conversation', async () => {
    await using test = await openCaller(kind);
    const { code, error } = await failureOf(
      test.caller.workflow.end({ conversationId, outcome: 'cancelled' }),
    );
    expect([code, error.reason]).toEqual(['NOT_FOUND', 'WORKFLOW_NOT_FOUND']);
  });
});
