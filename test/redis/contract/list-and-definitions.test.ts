import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import { text } from './sample-workflows.ts';

describe.each(storeKinds)('workflow.list on %s', (kind) => {
  it("shows the caller's conversations, newest first, with their progress", async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer({ data: { nights: 1 } }, { data: { rating: 5 } });
    await test.caller.workflow.turn({
      conversationId: 'older',
      workflowId: 'travel',
      input: text('1 night'),
    });
    test.clock.advance(1000);
    await test.caller.workflow.turn({ conversationId: 'newer', workflowId: 'survey', input: text('five') });
    const { conversations, nextCursor } = await test.caller.workflow.list();
    expect(nextCursor).toBeNull();
    expect(conversations).toMatchObject([
      {
        conversationId: 'newer',
        workflowId: 'survey',
        title: 'Survey',
        status: 'completed',
        outcome: 'completed',
      },
      { conversationId: 'older', workflowId: 'travel', status: 'active', progress: { currentStep: 'trip' } },
    ]);
    // The first values name a conversation, also once it has finished.
    expect(conversations.map(({ firstValues }) => firstValues)).toEqual([
      [{ field: 'rating', label: 'Rating', value: 5 }],
      [{ field: 'nights', label: 'Nights', value: 1 }],
    ]);
    expect(conversations[0]?.updatedAt).toEqual(new Date(test.clock.now()));
  });

  it("leaves out conversations whose opening failed, and other users'", async () => {
    await using test = await openCaller(kind);
    test.agent.willAnswer(new Error('agent down'), { text: 'Hello' });
    const open = { workflowId: 'travel', input: { type: 'open' } } as const;
    await failureOf(test.caller.workflow.turn({ conversationId: 'failed', ...open }));
    const stranger = test.as({ tenant: 'test-tenant', user: 'somebody-else' });
    await stranger.workflow.turn({ conversationId: 'theirs', ...open });
    expect((await test.caller.workflow.list()).conversations).toEqual([]);
    expect((await stranger.workflow.list()).conversations).toHaveLength(1);
  });

  it('pages by cursor, also through conversations of the same moment, the first page by null', async () => {
    await using test = await openCaller(kind);
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const conversationId of ids) {
      test.agent.willAnswer({ text: 'Hello' });
      await test.caller.workflow.turn({ conversationId, workflowId: 'travel', input: { type: 'open' } });
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await test.caller.workflow.list({ limit: 2, cursor });
      seen.push(...page.conversations.map(({ conversationId }) => conversationId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...ids].reverse());
  });

  it("accepts the input of tRPC's infinite queries, which page forward", async () => {
    await using test = await openCaller(kind);
    const request = { limit: 2, cursor: null, direction: 'forward' } as const;
    expect((await test.caller.workflow.list(request)).conversations).toEqual([]);
  });
});

describe('workflow.definitions', () => {
  it("describes every workflow, with the JSON Schema of each step's fields", async () => {
    await using test = await openCaller();
    const [travel, survey] = await test.caller.workflow.definitions();
    expect(travel).toMatchObject({ id: 'travel', version: 2, title: 'Business trip' });
    expect(travel?.steps.map(({ id, fields }) => [id, fields === null])).toEqual([
      ['trip', false],
      ['visa', false],
      ['confirm', true],
    ]);
    expect(survey?.steps[0]?.fields).toEqual({
      type: 'object',
      properties: { rating: { type: 'integer', minimum: 1, maximum: 5 } },
      required: ['rating'],
      additionalProperties: false,
    });
  });
});
