import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import type { Activity } from '../../../server/answer/activity.ts';
import { limits } from '../../../server/domain/limits.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import type { WorkflowDefinition } from '../../../workflows/definition/define-workflow.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { failureOf } from '../../support/failure-of.ts';
import { storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';

const orders = defineWorkflow({
  id: 'orders',
  version: 1,
  title: 'Orders',
  cards: { allowedActions: ['approve', 'reject', 'save'], allowedHosts: ['shop.example'] },
  steps: [{ id: 'order', title: 'Order', collects: z.object({ size: z.int(), colour: z.string() }) }],
});

const card: Json = {
  type: 'AdaptiveCard',
  version: '1.5',
  body: [{ type: 'Input.Number', id: 'size', min: 1, max: 5, isRequired: true }],
  actions: [
    { type: 'Action.Execute', verb: 'approve', data: { order: 'o-1' } },
    { type: 'Action.Execute', verb: 'reject', data: { order: 'o-1' } },
    { type: 'Action.Execute', verb: 'delete', data: { order: 'o-1' } },
    { type: 'Action.OpenUrl', url: 'https://shop.example/o-1' },
    { type: 'Action.OpenUrl', url: 'https://elsewhere.example/' },
  ],
};

function showing(...cards: readonly Json[]): Activity[] {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return [{ type: 'message', attachments: cards.map((content) => ({ contentType, content })) }];
}

interface CallerSettings {
  readonly definitions?: readonly WorkflowDefinition[];
  readonly transcriptMaxTurns?: number;
}

function openCaller(kind: StoreKind, settings: CallerSettings = {}) {
  return createTestCaller({
    definitions: [orders],
    store: kind === 'memory' ? 'memory' : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` },
    ...settings,
  });
}

type Caller = Awaited<ReturnType<typeof openCaller>>;

function shown({ caller, agent }: Caller) {
  agent.willAnswer(showing(card), { text: 'Noted', data: { size: 3 } });
  return caller.workflow.turn({ conversationId: 'c', input: { type: 'open' } });
}

describe.each(storeKinds)('acting on a card, on %s', (kind) => {
  const input = { type: 'cardAction', cardId: 'card-1.1' } as const;
  const data = { order: 'o-1', size: '3' };

  it('takes what the card can submit, and tells the agent which action it was', async () => {
    await using test = await openCaller(kind);
    await shown(test);
    const acted = await test.caller.workflow.turn({
      conversationId: 'c',
      input: { ...input, data, action: 'approve' },
    });
    expect(acted.workflowState.collected).toEqual({ size: 3 });
    expect(test.agent.requests.at(-1)?.input).toEqual({
      ...input,
      data,
      action: { type: 'Action.Execute', name: 'approve' },
    });
    expect(test.agent.requests.at(-1)?.query).toContain('has submitted a card with its action "approve"');
    const { messages } = await test.caller.workflow.get({ conversationId: 'c' });
    expect(messages.find(({ role }) => role === 'user')).toMatchObject({
      kind: 'event',
      cardId: 'card-1.1',
      card: data,
      action: 'approve',
    });
  });

  it('refuses values that the card cannot submit, by their path, and asks no agent and stores nothing', async () => {
    await using test = await openCaller(kind);
    await shown(test);
    const act = (submitted: Record<string, Json>, action = 'approve') =>
      failureOf(
        test.caller.workflow.turn({ conversationId: 'c', input: { ...input, data: submitted, action } }),
      );
    const { code, error } = await act({ order: 'o-2', size: 9, isAdmin: true });
    expect([code, error.reason, error.retryable]).toEqual(['BAD_REQUEST', 'INVALID_INPUT', false]);
    expect(error.issues).toEqual([
      { path: 'input.data.order', message: "must be sent unchanged: it is data of the card's action" },
      { path: 'input.data.size', message: 'must be at most 5' },
      {
        path: 'input.data.isAdmin',
        message: 'is neither an input of the card nor data of its action: leave it out',
      },
    ]);
    expect((await act(data, 'delete')).error.issues).toEqual([
      { path: 'input.action', message: 'must be the name of an action of this card' },
    ]);
    expect(test.agent.requests).toHaveLength(1);
    expect((await test.caller.workflow.get({ conversationId: 'c' })).workflowState.turnCount).toBe(1);
  });

  it('asks which action it was, if several submit the same', async () => {
    await using test = await openCaller(kind);
    await shown(test);
    const { error } = await failureOf(
      test.caller.workflow.turn({ conversationId: 'c', input: { ...input, data } }),
    );
    expect([error.reason, error.issues?.map(({ path }) => path)]).toEqual([
      'INVALID_INPUT',
      ['input.action'],
    ]);
  });

  it('shows the card without what the workflow does not allow, and reports it', async () => {
    await using test = await openCaller(kind);
    const { messages, turn } = await shown(test);
    const actions = z.object({ actions: z.array(z.looseObject({})) }).parse(messages[0]?.card).actions;
    expect(actions.map(({ verb, url }) => verb ?? url)).toEqual([
      'approve',
      'reject',
      'https://shop.example/o-1',
    ]);
    expect(turn.parseIssues).toHaveLength(2);
  });

  it('keeps the query short, whatever the agent called an action: an endless name is taken off the card', async () => {
    await using test = await openCaller(kind, { definitions: [{ ...orders, cards: {} }] });
    const act = (cardId: string) =>
      test.caller.workflow.turn({ conversationId: 'c', input: { type: 'cardAction', cardId, data } });
    const named = (verb: string): Json => ({
      ...card,
      actions: [{ type: 'Action.Execute', verb, data: { order: 'o-1' } }],
    });
    test.agent.willAnswer(
      showing(named('v'.repeat(200))),
      { text: 'Noted' },
      showing(named('v'.repeat(200_000))),
    );
    await test.caller.workflow.turn({ conversationId: 'c', input: { type: 'open' } });
    await act('card-1.1');
    expect(test.agent.requests.at(-1)?.query).toContain('v'.repeat(200));
    const { turn } = await test.caller.workflow.turn({
      conversationId: 'c',
      input: { type: 'text', text: 'more' },
    });
    expect(turn.parseIssues).toHaveLength(1);
    const { error } = await failureOf(act('card-3.1'));
    expect(error.reason).toBe('INVALID_INPUT');
    const queries = test.agent.requests.map(({ query }) => query.length);
    expect(queries).toHaveLength(3);
    // The query's own bound, and a little for the card action.
    expect(Math.max(...queries)).toBeLessThan(6_500);
  });

  it('keeps the last cards of a conversation open, and no more of them', async () => {
    await using test = await openCaller(kind);
    const shows = (cards: number) => new Array<Json>(cards).fill(card);
    const act = (cardId: string) =>
      test.caller.workflow.turn({
        conversationId: 'c',
        input: { type: 'cardAction', cardId, data, action: 'approve' },
      });
    const text = () =>
      test.caller.workflow.turn({ conversationId: 'c', input: { type: 'text', text: 'more' } });
    test.agent.willAnswer(
      showing(card),
      showing(...shows(limits.shownCards - 1)),
      { text: 'Noted' },
      showing(card),
    );
    await text();
    await text();
    expect((await act('card-1.1')).turn.number).toBe(3);
    await text();
    const { error } = await failureOf(act('card-1.1'));
    expect([error.reason, error.issues?.map(({ path }) => path)]).toEqual(['UNKNOWN_CARD', ['input.cardId']]);
    const { messages } = await test.caller.workflow.get({ conversationId: 'c', messages: { limit: 100 } });
    expect(messages.find(({ cardId }) => cardId === 'card-1.1')?.card).toBeDefined();
    test.agent.willAnswer({ text: 'Noted' });
    expect((await act('card-2.1')).turn.number).toBe(5);
  });

  it('forgets a card with the turn that showed it', async () => {
    await using test = await openCaller(kind, { transcriptMaxTurns: 1 });
    await shown(test);
    await test.caller.workflow.turn({ conversationId: 'c', input: { type: 'text', text: 'wait' } });
    const { error } = await failureOf(
      test.caller.workflow.turn({ conversationId: 'c', input: { ...input, data, action: 'approve' } }),
    );
    expect(error.reason).toBe('UNKNOWN_CARD');
  });

  it('accepts only the id of a card: not of another message, nor an odd id', async () => {
    await using test = await openCaller(kind);
    await shown(test);
    for (const cardId of [
      'card-1.0',
      'card-1.2',
      'card-01.1',
      'card-999999999.1',
      '1.1',
      'card-',
      'card-1.1 ',
    ]) {
      const { error } = await failureOf(
        test.caller.workflow.turn({ conversationId: 'c', input: { ...input, cardId, data } }),
      );
      expect([cardId, error.reason]).toEqual([cardId, 'UNKNOWN_CARD']);
    }
  });

  it('treats a submission as no card, although it is stored beside the card', async () => {
    await using test = await openCaller(kind);
    await shown(test);
    await test.caller.workflow.turn({ conversationId: 'c', input: { ...input, data, action: 'approve' } });
    const { messages } = await test.caller.workflow.get({ conversationId: 'c' });
    expect(messages.find(({ role }) => role === 'user')).toMatchObject({
      id: '2.0',
      cardId: 'card-1.1',
      card: data,
    });
    for (const cardId of ['card-2.0', 'card-2.1']) {
      const { error } = await failureOf(
        test.caller.workflow.turn({ conversationId: 'c', input: { ...input, cardId, data } }),
      );
      expect([cardId, error.reason]).toEqual([cardId, 'UNKNOWN_CARD']);
    }
  });

  it('is refused under a turn id that was used for another action (I4)', async () => {
    await using test = await openCaller(kind);
    await shown(test);
    const call = { conversationId: 'c', turnId: 't' };
    const approved = { ...call, input: { ...input, data, action: 'approve' } } as const;
    const first = await test.caller.workflow.turn(approved);
    expect(await test.caller.workflow.turn(approved)).toEqual({ ...first, replayed: true });
    const { error } = await failureOf(
      test.caller.workflow.turn({ ...call, input: { ...input, data, action: 'reject' } }),
    );
    expect(error.reason).toBe('TURN_ID_REUSED');
  });
});

describe('a card that was shown before its workflow allowed less', () => {
  it('may submit only actions that are allowed now, not those allowed when it was shown', async () => {
    const store = { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` };
    await using before = await createTestCaller({ definitions: [orders], store });
    await using after = await createTestCaller({
      definitions: [{ ...orders, cards: { ...orders.cards, allowedActions: ['reject'] } }],
      store,
    });
    await shown(before);
    after.agent.willAnswer({ text: 'Noted' });
    const act = (action: string) =>
      after.caller.workflow.turn({
        conversationId: 'c',
        input: { type: 'cardAction', cardId: 'card-1.1', data: { order: 'o-1', size: '3' }, action },
      });
    const { error } = await failureOf(act('approve'));
    expect([error.reason, error.issues]).toEqual([
      'INVALID_INPUT',
      [{ path: 'input.action', message: 'must be the name of an action of this card' }],
    ]);
    expect(after.agent.requests).toEqual([]);
    expect((await act('reject')).turn.number).toBe(2);
  });
});
