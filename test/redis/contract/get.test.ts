import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import { text } from './sample-workflows.ts';

describe.each(storeKinds)('workflow.get on %s', (kind) => {
  it('shows the state, the progress, the last turn and what was said, newest last', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Hello' }, { text: 'Noted', data: { nights: 2 } });
    const call = { conversationId: 'c', workflowId: 'travel' } as const;
    await test.caller.workflow.turn({ ...call, input: { type: 'open' } });
    const turn = await test.caller.workflow.turn({ ...call, input: text('two nights') });
    const view = await test.caller.workflow.get({ conversationId: 'c' });
    expect(view.workflowState).toEqual(turn.workflowState);
    expect(view.progress).toEqual(turn.progress);
    expect(view.lastTurn).toEqual(turn.turn);
    expect(view.messages.map(({ id, role, text: said }) => [id, role, said])).toEqual([
      ['1.1', 'assistant', 'Hello'],
      ['2.0', 'user', 'two nights'],
      ['2.1', 'assistant', 'Noted'],
    ]);
    expect(view.olderBefore).toBeNull();
  });

  it('pages back through the transcript, message by message, without gap or repeat', async () => {
    await using test = await openCaller(kind);
    const words = Array.from({ length: 7 }, (_, index) => `message ${index + 1}`);
    for (const word of words) {
      test.agent.willAnswer({ text: `re: ${word}` });
      await test.caller.workflow.turn({ conversationId: 'c', workflowId: 'travel', input: text(word) });
    }
    const seen: string[] = [];
    let before: string | null = null;
    do {
      const messages = { limit: 3, ...(before === null ? {} : { before }) };
      const page = await test.caller.workflow.get({ conversationId: 'c', messages });
      expect(page.messages.length).toBeLessThanOrEqual(3);
      seen.unshift(...page.messages.map(({ id }) => id));
      before = page.olderBefore;
    } while (before !== null);
    expect(seen).toEqual(words.flatMap((_, index) => [`${index + 1}.0`, `${index + 1}.1`]));
  });

  it('pages back past turns in which nobody said anything', async () => {
    await using test = await openCaller(kind);
    const silent = [{ type: 'message', value: { action: 'ask' } }];
    test.agent.willAnswer({ text: 'first' }, silent, silent, silent);
    const turn = (input: { type: 'open' } | ReturnType<typeof text>) =>
      test.caller.workflow.turn({ conversationId: 'c', workflowId: 'travel', input });
    await turn(text('hello'));
    for (let count = 0; count < 3; count += 1) await turn({ type: 'open' });
    const page = await test.caller.workflow.get({ conversationId: 'c', messages: { limit: 2 } });
    expect(page).toMatchObject({ messages: [], olderBefore: '3.0' });
    const older = await test.caller.workflow.get({
      conversationId: 'c',
      messages: { limit: 2, before: page.olderBefore ?? '' },
    });
    expect(older.messages.map(({ id }) => id)).toEqual(['1.0', '1.1']);
    expect(older.olderBefore).toBeNull();
  });

  it('is NOT_FOUND for a conversation that was never opened, or whose opening failed', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer(new Error('agent down'));
    const call = { conversationId: 'failed', workflowId: 'travel', input: text('hello') } as const;
    await failureOf(test.caller.workflow.turn(call));
    for (const conversationId of ['failed', 'never']) {
      const { code, error } = await failureOf(test.caller.workflow.get({ conversationId }));
      expect([code, error.reason]).toEqual(['NOT_FOUND', 'WORKFLOW_NOT_FOUND']);
    }
  });
});

describe("a conversation's life (I7)", () => {
  it('ends a full day after the last interaction, and a get counts as one', async () => {
    await using test = await openCaller('memory');
    test.agent.willAnswer({ text: 'Hello' });
    const hour = 3_600_000;
    await test.caller.workflow.turn({ conversationId: 'c', workflowId: 'travel', input: { type: 'open' } });
    test.clock.advance(23 * hour);
    const { workflowState } = await test.caller.workflow.get({ conversationId: 'c' });
    expect(workflowState.expiresAt).toEqual(new Date(test.clock.now() + 24 * hour));
    test.clock.advance(23 * hour);
    await test.caller.workflow.get({ conversationId: 'c' });
    test.clock.advance(24 * hour);
    const { error } = await failureOf(test.caller.workflow.get({ conversationId: 'c' }));
    expect(error.reason).toBe('WORKFLOW_NOT_FOUND');
  });
});
