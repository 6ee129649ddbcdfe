import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import type { Activity } from '../../../server/answer/activity.ts';
import { limits } from '../../../server/domain/limits.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import { text, tripAtHome } from './sample-workflows.ts';

describe.each(storeKinds)('workflow.turn on %s', (kind) => {
  it('opens a conversation, advances it and answers with typed progress', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'And the rest?', action: 'ask', data: { destination: 'Oslo', nights: 3 } });
    const departure = { type: 'date', field: 'departure', title: 'Departure', required: true };
    const result = await test.caller.workflow.turn({
      conversationId: 'trip-1',
      workflowId: 'travel',
      turnId: 'a',
      input: text('To Oslo, three nights'),
    });
    expect(result).toEqual({
      conversationId: 'trip-1',
      workflowId: 'travel',
      turnId: 'a',
      replayed: false,
      messages: [
        { id: '1.1', role: 'assistant', turn: 1, kind: 'text', text: 'And the rest?', format: 'markdown' },
      ],
      extractedPayload: { source: 'value', confidence: 'high', data: { destination: 'Oslo', nights: 3 } },
      workflowState: {
        status: 'active',
        currentStep: 'trip',
        collected: { destination: 'Oslo', nights: 3 },
        sources: { destination: 'said', nights: 'said' },
        turnCount: 1,
        definitionVersion: 2,
        openedAt: new Date(test.clock.now()),
        updatedAt: new Date(test.clock.now()),
        expiresAt: new Date(test.clock.now() + 86_400_000),
        suggestedInput: departure,
        open: [
          departure,
          { type: 'confirmation', field: 'isAbroad', title: 'Is abroad', required: true },
          { type: 'longText', field: 'note', title: 'Note', required: false, maxLength: 100 },
        ],
      },
      progress: {
        currentStep: 'trip',
        stepNumber: 1,
        totalSteps: 2,
        completedSteps: 0,
        percentComplete: 0,
        fieldsCollected: 2,
        fieldsRequired: 4,
        steps: [
          { id: 'trip', title: 'Trip', state: 'current' },
          { id: 'visa', title: 'Visa', state: 'skipped' },
          { id: 'confirm', title: 'Confirm', state: 'ahead' },
        ],
      },
      turn: {
        number: 1,
        stateChanged: true,
        collected: { destination: 'Oslo', nights: 3 },
        rejected: [],
        ignored: [],
        step: { from: 'trip', to: 'trip' },
        action: 'ask',
        parse: 'structured',
        parseIssues: [],
        citations: [],
      },
      latencyMs: 0,
      timings: { waitMs: 0, loadMs: 0, agentMs: 0, commitMs: 0 },
    });
  });

  it('walks a conversation to its completion, through a conditional step', async () => {
    await using test = await openCaller(kind);
    const say = (words: string) =>
      test.caller.workflow.turn({ conversationId: 'c', workflowId: 'travel', input: text(words) });
    test.agent.willAnswer(
      { text: 'Visa?', data: { ...tripAtHome, isAbroad: true } },
      { text: 'All right?', action: 'confirm', data: { visa: 'have' } },
      { text: 'Done.', action: 'complete' },
    );
    const first = await say('To Bergen, from abroad');
    expect(first.progress).toMatchObject({
      currentStep: 'visa',
      stepNumber: 2,
      totalSteps: 3,
      percentComplete: 33,
    });
    const choices = ['have', 'need', 'exempt'].map((value) => ({ value, title: value }));
    expect(first.workflowState.suggestedInput).toEqual({
      ...{ type: 'choice', field: 'visa', title: 'Visa', required: true },
      choices,
    });
    const second = await say('I have one');
    expect(second.turn.step).toEqual({ from: 'visa', to: 'confirm' });
    expect(second.workflowState.suggestedInput).toEqual({ type: 'confirmation' });
    const third = await say('Yes');
    expect(third.workflowState).toMatchObject({ status: 'completed', outcome: 'completed', turnCount: 3 });
    expect(third.workflowState.suggestedInput).toEqual({ type: 'none' });
    expect(third.progress).toMatchObject({
      currentStep: 'confirm',
      stepNumber: 3,
      totalSteps: 3,
      completedSteps: 3,
      percentComplete: 100,
    });
  });

  it('lists rejected values, and keeps the state as it was', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ data: { nights: 99, destination: 'X', hotel: 'Ritz' }, action: 'complete' });
    const { turn, workflowState } = await test.caller.workflow.turn({
      conversationId: 'c',
      workflowId: 'travel',
      input: text('99 nights'),
    });
    expect(turn.rejected.map(({ field }) => field)).toEqual([
      'nights',
      'destination',
      'departure',
      'isAbroad',
    ]);
    expect(turn.ignored).toEqual(['hotel']);
    expect(turn).toMatchObject({ stateChanged: false, collected: {} });
    expect(workflowState).toMatchObject({ status: 'active', collected: {}, turnCount: 1 });
  });

  it('generates a turn id for a caller that sent none, and returns it', async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Hello' });
    const { turnId } = await test.caller.workflow.turn({
      conversationId: 'c',
      workflowId: 'survey',
      input: { type: 'open' },
    });
    expect(turnId).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  });

  it("gives the agent the user's complete words, and on an opening tells it to speak first", async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ text: 'Hello' }, { text: 'Noted' });
    const call = { conversationId: 'c', workflowId: 'survey' } as const;
    await test.caller.workflow.turn({ ...call, input: { type: 'open' } });
    await test.caller.workflow.turn({ ...call, input: text('  four $& {{step}} stars  ') });
    const [opening, spoken] = test.agent.requests;
    expect(opening?.query).toContain('speak first');
    expect(spoken?.query).toContain('\nfour $& {{step}} stars\n');
    expect(spoken?.agentConversationId).toBe(opening?.agentConversationId);
  });

  it('lets a card be acted on that was shown in this conversation, and no other', async () => {
    await using test = await openCaller(kind);
    const card = {
      type: 'AdaptiveCard',
      body: [{ type: 'Input.Number', id: 'rating' }],
      actions: [{ type: 'Action.Submit', id: 'rate' }],
    };
    test.agent.willAnswer(
      [
        {
          type: 'message',
          attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
        },
      ],
      { text: 'Thanks', data: { rating: 5 } },
    );
    const shown = await test.caller.workflow.turn({
      conversationId: 'c',
      workflowId: 'survey',
      input: { type: 'open' },
    });
    const cardId = shown.messages[0]?.cardId ?? '';
    const act = (conversationId: string) =>
      test.caller.workflow.turn({
        conversationId,
        workflowId: 'survey',
        input: { type: 'cardAction', cardId, data: { rating: 5 } },
      });
    expect((await failureOf(act('another'))).error.reason).toBe('UNKNOWN_CARD');
    expect((await act('c')).workflowState.collected).toEqual({ rating: 5 });
    expect(test.agent.requests.at(-1)?.input).toEqual({
      type: 'cardAction',
      cardId,
      data: { rating: 5 },
      action: { type: 'Action.Submit', name: 'rate' },
    });
  });

  it('lets only the last twenty cards of a conversation be acted on', async () => {
    await using test = await openCaller(kind);
    const attachment = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', body: [], actions: [{ type: 'Action.Submit' }] },
    };
    const showing = (cards: number): Activity[] => [
      { type: 'message', attachments: new Array(cards).fill(attachment) },
    ];
    test.agent.willAnswer(showing(2), showing(19), { text: 'Thanks' });
    const call = { conversationId: 'c', workflowId: 'survey' } as const;
    const first = await test.caller.workflow.turn({ ...call, input: { type: 'open' } });
    await test.caller.workflow.turn({ ...call, input: text('more') });
    const [oldest, next] = first.messages.flatMap(({ cardId }) => cardId ?? []);
    const act = (cardId = 'none') =>
      test.caller.workflow.turn({ ...call, input: { type: 'cardAction', cardId, data: {} } });
    expect((await failureOf(act(oldest))).error.reason).toBe('UNKNOWN_CARD');
    expect((await act(next)).turn.number).toBe(3);
  });

  describe('a turn id that was used before (I4)', () => {
    it('answers the recorded turn without asking the agent, even when the conversation has moved on', async () => {
      await using test = await openCaller(kind);
      test.agent.willAnswer({ text: 'One', data: { nights: 1 } }, { text: 'Two', data: { nights: 2 } });
      const call = { conversationId: 'c', workflowId: 'travel' } as const;
      const first = await test.caller.workflow.turn({ ...call, turnId: 'one', input: text('one') });
      await test.caller.workflow.turn({ ...call, turnId: 'two', input: text('two') });
      const replay = await test.caller.workflow.turn({ ...call, turnId: 'one', input: text('one') });
      expect(replay).toEqual({ ...first, replayed: true });
      expect(test.agent.requests).toHaveLength(2);
      expect(test.events.map(({ type }) => type)).toContain('turn.replayed');
    });

    it('still answers after the conversation was completed', async () => {
      await using test = await openCaller(kind);
      test.agent.willAnswer({ text: 'Thanks', data: { rating: 4 } });
      const call = { conversationId: 'c', workflowId: 'survey', turnId: 'only', input: text('4') } as const;
      const first = await test.caller.workflow.turn(call);
      expect(first.workflowState.status).toBe('completed');
      expect(await test.caller.workflow.turn(call)).toEqual({ ...first, replayed: true });
    });

    it('is refused with other input', async () => {
      await using test = await openCaller(kind);
      test.agent.willAnswer({ text: 'One' });
      const call = { conversationId: 'c', workflowId: 'travel', turnId: 'one' } as const;
      await test.caller.workflow.turn({ ...call, input: text('one') });
      const { code, error } = await failureOf(test.caller.workflow.turn({ ...call, input: text('another') }));
      expect([code, error.reason]).toEqual(['CONFLICT', 'TURN_ID_REUSED']);
      expect(test.agent.requests).toHaveLength(1);
    });

    it('is not run a second time when its record has left the transcript', async () => {
      await using test = await openCaller(kind, { transcriptMaxTurns: 2 });
      test.agent.willAnswer({ text: '1' }, { text: '2' }, { text: '3' });
      const turn = (turnId: string) =>
        test.caller.workflow.turn({ conversationId: 'c', workflowId: 'travel', turnId, input: text(turnId) });
      await turn('a');
      await turn('b');
      await turn('c');
      expect((await turn('b')).replayed).toBe(true);
      expect((await failureOf(turn('a'))).error.reason).toBe('TURN_ID_REUSED');
      expect(test.agent.requests).toHaveLength(3);
    });

    it('is not run again however long ago it was used, and the caller is told to choose another', async () => {
      await using test = await openCaller(kind, { transcriptMaxTurns: 1 });
      const turn = (turnId: string) => {
        test.agent.willAnswer({ text: turnId });
        return test.caller.workflow.turn({
          conversationId: 'c',
          workflowId: 'travel',
          turnId,
          input: text(turnId),
        });
      };
      const turns = limits.logChanges + 2;
      for (let number = 1; number <= turns; number += 1) await turn(`turn-${number}`);
      const { code, error } = await failureOf(turn('turn-1'));
      expect([code, error.reason]).toEqual(['CONFLICT', 'TURN_ID_REUSED']);
      expect(error.message).toContain('Send a new turn with a new id');
      expect(test.agent.requests).toHaveLength(turns);
      expect((await turn('new')).turn.number).toBe(turns + 1);
    });

    it('may be used again after a turn that failed, and then runs', async () => {
      await using test = await openCaller(kind);
      test.agent.willAnswer(new Error('agent down'), { text: 'Back again' });
      const call = { conversationId: 'c', workflowId: 'travel', turnId: 'one', input: text('one') } as const;
      expect((await failureOf(test.caller.workflow.turn(call))).error.reason).toBe('AGENT_FAILED');
      const result = await test.caller.workflow.turn(call);
      expect(result).toMatchObject({ replayed: false, turn: { number: 1 } });
    });
  });
});
