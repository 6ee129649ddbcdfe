import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../server/answer/activity.ts';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller } from './open-caller.ts';

/** Untyped input, as any client could send it. */
type Raw = Readonly<Record<string, unknown>>;

type Procedure = 'turn' | 'get' | 'end' | 'list';

async function issuePaths(procedure: Procedure, input: Raw): Promise<readonly string[]> {
  await using test = await openCaller();
  // A client without types can send input that the compiler would refuse.
  const call = test.caller.workflow[procedure] as (input: Raw) => Promise<unknown>;
  const { code, error } = await failureOf(call(input));
  expect([code, error.reason, error.retryable]).toEqual(['BAD_REQUEST', 'INVALID_INPUT', false]);
  for (const issue of error.issues ?? []) expect(issue.message).not.toBe('');
  return (error.issues ?? []).map(({ path }) => path);
}

const text = { type: 'text', text: 'hello' };
const turn = { conversationId: 'c', workflowId: 'travel', input: text };

/** Nests objects to the given depth. */
function nested(depth: number): unknown {
  return depth === 0 ? 1 : { deeper: nested(depth - 1) };
}

describe('wrong input is refused with the path of every fault', () => {
  it.each<[string, Raw, string[]]>([
    ['no conversation id', { input: text }, ['conversationId']],
    ['an empty conversation id', { ...turn, conversationId: '' }, ['conversationId']],
    ['a conversation id of 129 characters', { ...turn, conversationId: 'c'.repeat(129) }, ['conversationId']],
    ['a conversation id with a brace', { ...turn, conversationId: 'a{b}' }, ['conversationId']],
    ['a conversation id with a line break', { ...turn, conversationId: 'a\n' }, ['conversationId']],
    ['a turn id with a space', { ...turn, turnId: 'a b' }, ['turnId']],
    ['a turn id of 65 characters', { ...turn, turnId: 't'.repeat(65) }, ['turnId']],
    ['a workflow id that is no text', { ...turn, workflowId: 7 }, ['workflowId']],
    ['no input', { conversationId: 'c' }, ['input']],
    ['an unknown kind of input', { ...turn, input: { type: 'shout' } }, ['input.type']],
    ['an empty text', { ...turn, input: { type: 'text', text: '' } }, ['input.text']],
    ['a text of white space', { ...turn, input: { type: 'text', text: ' \n\t ' } }, ['input.text']],
    [
      'a text of 8001 characters',
      { ...turn, input: { type: 'text', text: 'x'.repeat(8_001) } },
      ['input.text'],
    ],
    [
      'a text of 8000 control characters',
      { ...turn, input: { type: 'text', text: '\u0001'.repeat(8_000) } },
      ['input.text'],
    ],
    [
      'a text of 8000 halves of characters',
      { ...turn, input: { type: 'text', text: '\ud800'.repeat(8_000) } },
      ['input.text'],
    ],
    ['a text that is a number', { ...turn, input: { type: 'text', text: 5 } }, ['input.text']],
    ['a card action without data', { ...turn, input: { type: 'cardAction', cardId: 'a' } }, ['input.data']],
    [
      'card data that is a list',
      { ...turn, input: { type: 'cardAction', cardId: 'a', data: [] } },
      ['input.data'],
    ],
    [
      'card data nested beyond measure',
      { ...turn, input: { type: 'cardAction', cardId: 'a', data: nested(100) } },
      ['input.data'],
    ],
    [
      'card data with a date in it, which JSON would lose',
      { ...turn, input: { type: 'cardAction', cardId: 'a', data: { when: new Date(0) } } },
      ['input.data'],
    ],
    [
      'card data with a number in it that JSON does not have',
      { ...turn, input: { type: 'cardAction', cardId: 'a', data: { amount: Number.NaN } } },
      ['input.data'],
    ],
    ['an unknown key', { ...turn, extra: 1 }, ['extra']],
    ['an unknown key further in', { ...turn, input: { ...text, extra: 1 } }, ['input.extra']],
    ['an unknown whenBusy', { ...turn, whenBusy: 'barge' }, ['whenBusy']],
    ['a whenBusy that is empty', { ...turn, whenBusy: '' }, ['whenBusy']],
    ['a wait of less than no time', { ...turn, whenBusy: 'wait', waitMs: -1 }, ['waitMs']],
    ['a wait of half a millisecond', { ...turn, whenBusy: 'wait', waitMs: 0.5 }, ['waitMs']],
    ['a wait of more than a day', { ...turn, whenBusy: 'wait', waitMs: 86_400_001 }, ['waitMs']],
    ['a wait without end', { ...turn, whenBusy: 'wait', waitMs: Number.POSITIVE_INFINITY }, ['waitMs']],
    ['a wait that is no number', { ...turn, waitMs: '100' }, ['waitMs']],
    [
      'several faults at once',
      { conversationId: '', turnId: '', input: {} },
      ['conversationId', 'turnId', 'input.type'],
    ],
  ])('turn: %s', async (_case, input, paths) => {
    expect(await issuePaths('turn', input)).toEqual(paths);
  });

  it.each<[string, Procedure, Raw, string[]]>([
    ['no messages at all', 'get', { conversationId: 'c', messages: { limit: 0 } }, ['messages.limit']],
    ['more than 100 messages', 'get', { conversationId: 'c', messages: { limit: 101 } }, ['messages.limit']],
    [
      'a place that is no message id',
      'get',
      { conversationId: 'c', messages: { limit: 1, before: 'x' } },
      ['messages.before'],
    ],
    ['an outcome that is none', 'end', { conversationId: 'c', outcome: 'exploded' }, ['outcome']],
    [
      'a reason beyond measure',
      'end',
      { conversationId: 'c', outcome: 'cancelled', reason: 'x'.repeat(501) },
      ['reason'],
    ],
    [
      'a purge that is no yes or no',
      'end',
      { conversationId: 'c', outcome: 'cancelled', purge: 'yes' },
      ['purge'],
    ],
    [
      'an end with an unknown whenBusy and a wait that is none',
      'end',
      { conversationId: 'c', outcome: 'cancelled', whenBusy: 'push', waitMs: null },
      ['whenBusy', 'waitMs'],
    ],
    ['a cursor that is none of ours', 'list', { cursor: 'x' }, ['cursor']],
    ['a page of nothing', 'list', { limit: 0 }, ['limit']],
  ])('%s', async (_case, procedure, input, paths) => {
    expect(await issuePaths(procedure, input)).toEqual(paths);
  });

  it.each([0, 1, 86_400_000])('takes a wait of %i ms, for a turn as for an end', async (waitMs) => {
    await using test = await openCaller();
    test.agent.willAnswer({ text: 'Hello' });
    const call = { conversationId: 'c', whenBusy: 'wait', waitMs } as const;
    const open = { ...call, workflowId: 'travel', input: { type: 'open' } } as const;
    expect((await test.caller.workflow.turn(open)).turn.number).toBe(1);
    const ended = await test.caller.workflow.end({ ...call, outcome: 'cancelled' });
    expect(ended.workflowState.status).toBe('ended');
  });

  it('takes a text of exactly 8000 characters, and identifiers of exactly the longest kind', async () => {
    await using test = await openCaller();
    test.agent.willAnswer({ text: 'Hello' });
    const result = await test.caller.workflow.turn({
      conversationId: `${'Az09._~:@-'.repeat(12)}12345678`,
      workflowId: 'travel',
      turnId: 'Az09._-'.repeat(9),
      input: { type: 'text', text: ` ${'x'.repeat(8_000)} ` },
    });
    expect(result.turn.number).toBe(1);
  });
});

it.each(['"\\'.repeat(4_000), '字'.repeat(8_000), `a\u0000b\ud800${'\n'.repeat(4_000)}c`])(
  'a text is taken with whatever characters it has',
  async (words) => {
    await using test = await openCaller();
    test.agent.willAnswer({ text: 'Hello' });
    await test.caller.workflow.turn({ ...turn, input: { type: 'text', text: words } });
    expect(test.agent.requests.at(-1)?.input).toEqual({ type: 'text', text: words });
  },
);

describe('keys that could reach a prototype', () => {
  it('reach neither the state nor the agent, from a card or from an answer', async () => {
    await using test = await openCaller();
    const hostile = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"polluted": true}, "rating": 4}',
    ) as Record<string, number>;
    const card = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        type: 'AdaptiveCard',
        body: [{ type: 'Input.Number', id: 'rating' }],
        actions: [{ type: 'Action.Submit' }],
      },
    };
    test.agent.willAnswer([{ type: 'message', attachments: [card] }], { data: hostile });
    const open = { conversationId: 'c', workflowId: 'survey' } as const;
    const shown = await test.caller.workflow.turn({ ...open, input: { type: 'open' } });
    const cardId = shown.messages[0]?.cardId ?? '';
    const result = await test.caller.workflow.turn({
      ...open,
      input: { type: 'cardAction', cardId, data: hostile },
    });
    expect(test.agent.requests.at(-1)?.input).toEqual({
      type: 'cardAction',
      cardId,
      data: { rating: 4 },
      action: { type: 'Action.Submit', name: null },
    });
    expect(result.workflowState.collected).toEqual({ rating: 4 });
    expect(result.turn.ignored).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('values that can be neither compared nor printed', () => {
  // zod compares whatever has a `length` with a bound, and an object whose own `toString` is no function throws then.
  const hostile: unknown = JSON.parse('{"length": {"toString": false, "valueOf": null}}');
  const card = (content: object) => ({
    attachments: [{ contentType: 'application/vnd.microsoft.card.hero', content }],
  });

  it.each<[string, object]>([
    ['a collected field', { value: { action: 'ask', data: { rating: hostile, comment: hostile } } }],
    ['the structure', { value: hostile }],
    ['an action', { value: { action: hostile, data: {} } }],
    ['an attachment', { attachments: [{ contentType: hostile, content: hostile, name: hostile }] }],
    ['a card', card({ title: hostile, text: hostile, buttons: [hostile] })],
    [
      'suggested actions',
      { suggestedActions: { actions: [{ type: 'imBack', title: hostile, value: 'x' }] } },
    ],
    ['an entity', { entities: [{ type: 'streaminfo', streamId: hostile, streamType: 'final' }, hostile] }],
    ['the text', { text: hostile }],
  ])('are left out of an answer, as %s, and the turn goes on', async (_place, part) => {
    await using test = await openCaller();
    const activity: Activity = { type: 'message', text: 'How was it?', ...part };
    test.agent.willAnswer([activity, { type: 'message', text: 'Well?' }]);
    const { turn } = await test.caller.workflow.turn({
      ...{ conversationId: 'c', workflowId: 'survey', input: { type: 'text', text: 'hello' } },
    });
    expect([turn.number, turn.collected]).toEqual([1, {}]);
    expect(test.events.filter(({ type }) => type === 'error.unexpected')).toEqual([]);
  });

  it('are refused in an input, by a message about them', async () => {
    await using test = await openCaller();
    const of = { conversationId: 'c', workflowId: 'survey' };
    const { turn, list } = test.caller.workflow;
    const inputs = [
      turn({ ...of, input: { type: 'text', text: hostile as string } }),
      list({ cursor: hostile as string }),
    ];
    for (const call of inputs) {
      const { error } = await failureOf(call);
      expect([error.reason, error.message]).toEqual([
        'INVALID_INPUT',
        'The input holds an object whose `toString` or `valueOf` is no function, where a text is expected.',
      ]);
    }
  });
});
