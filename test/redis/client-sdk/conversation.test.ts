import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient, hasReason } from '../../../client-sdk/src/index.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { serve } from './serve.ts';

describe('a conversation', () => {
  it('runs a turn on the server and returns its result', async () => {
    const agent = new ScriptedAgent([
      { text: 'What is it called?' },
      { text: 'Noted.', data: { legalName: 'Acme' } },
    ]);
    await using server = await serve(agent);
    const client = createTurnkeeperClient({ url: server.url });
    const conversation = client.conversation('vendor-onboarding');

    const opened = await conversation.open();
    expect(opened.messages.map(({ text }) => text)).toEqual(['What is it called?']);
    const result = await conversation.turn('Acme');

    expect(result).toMatchObject({
      conversationId: conversation.id,
      workflowId: 'vendor-onboarding',
      replayed: false,
      turn: { number: 2, collected: { legalName: 'Acme' } },
      progress: { currentStep: 'company', stepNumber: 1 },
    });
    expect(result.workflowState.openedAt).toBeInstanceOf(Date);
    expect(agent.requests.map(({ input }) => input)).toEqual([
      { type: 'open' },
      { type: 'text', text: 'Acme' },
    ]);
  });

  it('has an id of its own, unless it is given one', async () => {
    await using server = await serve(new ScriptedAgent());
    const client = createTurnkeeperClient({ url: server.url });
    expect(client.conversation('leave-request').id).not.toBe(client.conversation('leave-request').id);
    expect(client.conversation('leave-request', 'mine')).toMatchObject({
      id: 'mine',
      workflowId: 'leave-request',
    });
  });

  it('sends turns made at the same time each on its own, so that none waits for another one', async () => {
    await using server = await serve(new ScriptedAgent([{ text: 'Hello' }, { text: 'Hello' }]));
    await using proxy = await faultyProxy(server.url, []);
    const client = createTurnkeeperClient({ url: proxy.url });
    await Promise.all([
      client.conversation('leave-request').turn('hello'),
      client.conversation('leave-request').turn('hello'),
    ]);
    expect(proxy.requests.map(({ path }) => path)).toEqual(['/trpc/workflow.turn', '/trpc/workflow.turn']);
  });

  it('is resumed by its id alone', async () => {
    const agent = new ScriptedAgent([{ text: 'Hello' }, { text: 'Noted.', data: { days: 3 } }]);
    await using server = await serve(agent);
    const client = createTurnkeeperClient({ url: server.url });
    const { id } = await opened(client.conversation('leave-request'));

    const result = await client.resume(id).turn('three days');
    expect(result.workflowId).toBe('leave-request');
    expect(result.turn).toMatchObject({ number: 2, collected: { days: 3 } });
  });

  it('shows its transcript page by page', async () => {
    const agent = new ScriptedAgent([{ text: 'first' }, { text: 'second' }]);
    await using server = await serve(agent);
    const conversation = createTurnkeeperClient({ url: server.url }).conversation('leave-request');
    await conversation.open();
    await conversation.turn('hello');

    const { messages, olderBefore } = await conversation.get({ messages: { limit: 2 } });
    expect(messages.map(({ role, text }) => `${role}: ${text ?? ''}`)).toEqual([
      'user: hello',
      'assistant: second',
    ]);
    if (olderBefore === null) throw new Error('there is an older message');
    const older = await conversation.get({ messages: { limit: 2, before: olderBefore } });
    expect(older.messages.map(({ text }) => text)).toEqual(['first']);
  });

  it('sends what was entered on a card that the agent showed', async () => {
    const content = {
      type: 'AdaptiveCard',
      version: '1.5',
      body: [{ type: 'Input.Number', id: 'days' }],
      actions: ['ask', 'book'].map((verb) => ({ type: 'Action.Execute', verb })),
    };
    const card = { contentType: 'application/vnd.microsoft.card.adaptive', content };
    const agent = new ScriptedAgent([[{ type: 'message', attachments: [card] }], { data: { days: 4 } }]);
    await using server = await serve(agent);
    const conversation = createTurnkeeperClient({ url: server.url }).conversation('leave-request');
    const { messages } = await conversation.open();
    const cardId = messages[0]?.cardId ?? '';

    const result = await conversation.submitCard(cardId, { days: 4 }, { action: 'book' });
    expect(result.turn.collected).toEqual({ days: 4 });
    expect(agent.requests[1]?.input).toEqual({
      type: 'cardAction',
      cardId,
      data: { days: 4 },
      action: { type: 'Action.Execute', name: 'book' },
    });
    await expect(conversation.submitCard('another', {})).rejects.toMatchObject({ reason: 'UNKNOWN_CARD' });
  });

  it('ends, and returns the same when it is ended again', async () => {
    await using server = await serve(new ScriptedAgent([{ text: 'Hello' }]));
    const conversation = await opened(
      createTurnkeeperClient({ url: server.url }).conversation('leave-request'),
    );

    const ended = await conversation.end({ outcome: 'cancelled', reason: 'changed my mind' });
    expect(ended).toMatchObject({
      workflowState: { status: 'ended' },
      summary: { reason: 'changed my mind' },
    });
    const again = await conversation.end({ outcome: 'cancelled' });
    expect(again.summary).toEqual(ended.summary);
    await expect(conversation.turn('more')).rejects.toMatchObject({ reason: 'WORKFLOW_ENDED' });
  });

  it('is gone once it was ended with a purge', async () => {
    await using server = await serve(new ScriptedAgent([{ text: 'Hello' }]));
    const conversation = await opened(
      createTurnkeeperClient({ url: server.url }).conversation('leave-request'),
    );
    expect(await conversation.end({ outcome: 'cancelled', purge: true })).toMatchObject({ purged: true });
    const error = await conversation.get().catch((thrown: unknown) => thrown);
    expect(hasReason(error, 'WORKFLOW_NOT_FOUND')).toBe(true);
  });
});

describe('a client', () => {
  it('lists the conversations of its caller, who is whoever its headers say', async () => {
    await using server = await serve(new ScriptedAgent([{ text: 'a' }, { text: 'b' }, { text: 'c' }]));
    const as = (user: string) =>
      createTurnkeeperClient({ url: server.url, headers: () => Promise.resolve({ 'x-dev-user': user }) });
    const ann = as('ann');
    const first = await opened(ann.conversation('leave-request'));
    const second = await opened(ann.conversation('vendor-onboarding'));
    await opened(as('ben').conversation('leave-request'));

    const newest = await ann.list({ limit: 1 });
    expect(newest.conversations.map(({ conversationId }) => conversationId)).toEqual([second.id]);
    if (newest.nextCursor === null) throw new Error('there is a second page');
    const rest = await ann.list({ cursor: newest.nextCursor });
    expect(rest.conversations.map(({ conversationId }) => conversationId)).toEqual([first.id]);
    await expect(as('ben').resume(first.id).get()).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' });
  });

  it('describes the workflows of the server', async () => {
    await using server = await serve(new ScriptedAgent());
    const definitions = await createTurnkeeperClient({ url: `${server.url}/` }).definitions();
    expect(definitions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['incident-intake', 'leave-request', 'vendor-onboarding']),
    );
    expect(definitions.find(({ id }) => id === 'leave-request')?.steps[0]).toMatchObject({
      id: 'dates',
      fields: { properties: { days: { type: 'integer' } } },
    });
  });

  it('says what is wrong with bad input, field by field', async () => {
    await using server = await serve(new ScriptedAgent());
    const client = createTurnkeeperClient({ url: server.url });
    const turnId = randomUUID();
    await expect(client.conversation('leave-request', 'a b').turn('  ', { turnId })).rejects.toMatchObject({
      name: 'TurnkeeperClientError',
      reason: 'INVALID_INPUT',
      retryable: false,
      httpStatus: 400,
      turnId,
      issues: expect.arrayContaining([
        expect.objectContaining({ path: 'conversationId' }),
        expect.objectContaining({ path: 'input.text' }),
      ]) as unknown,
    });
  });
});

async function opened<Handle extends { open: () => Promise<unknown> }>(
  conversation: Handle,
): Promise<Handle> {
  await conversation.open();
  return conversation;
}
