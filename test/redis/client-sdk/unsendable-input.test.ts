import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient, isTurnkeeperError } from '../../../client-sdk/src/index.ts';
import type { Json, TurnInput } from '../../../client-sdk/src/index.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';

/** Passes a value as a JavaScript program can, past the types. */
const unchecked = (value: unknown) => value as Json;

function nested(levels: number): unknown {
  let value: unknown = 'innermost';
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
}

function circular(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = { back: [value] };
  return value;
}

class Money {
  readonly amount = 12;
}

const unsendable: readonly [what: string, value: unknown, path: string, problem: string][] = [
  ['a getter that throws', { get x() { throw new Error('boom'); } }, 'input.data.site', 'boom'], // prettier-ignore
  ['a list inside of which a getter throws', [{ get x() { throw new Error('boom'); } }], 'input.data.site.0', 'boom'], // prettier-ignore
  ['a revoked proxy', revoked(), 'input.data.site', "can't be read"],
  ['20,000 levels', nested(20_000), 'input.data.site.a.a', 'nested more than 100 levels'],
  [
    '20,000 levels of lists',
    JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)),
    'input.data.site.0',
    'nested',
  ],
  ['what is part of itself', circular(), 'input.data.site.self.back.0', 'part of itself'],
  ['a bigint', 12n, 'input.data.site', 'is a bigint'],
  ['a function', () => 1, 'input.data.site', 'is a function'],
  ['a symbol', Symbol('s'), 'input.data.site', 'is a symbol'],
  ['a promise', Promise.resolve(1), 'input.data.site', 'is a Promise'],
  ['a date', new Date(0), 'input.data.site', 'is a Date'],
  ['an invalid date', new Date(Number.NaN), 'input.data.site', 'is a Date'],
  ['a Map', new Map([['a', 1]]), 'input.data.site', 'is a Map'],
  ['a Set', new Set([1]), 'input.data.site', 'is a Set'],
  ['an error', new RangeError('x'), 'input.data.site', 'is a RangeError'],
  ['bytes', new Uint8Array(3), 'input.data.site', 'is a Uint8Array'],
  ['an object of a class', new Money(), 'input.data.site', 'is a Money'],
  ['no number', Number.NaN, 'input.data.site', 'is NaN'],
  ['infinity', [1, Number.NEGATIVE_INFINITY], 'input.data.site.1', 'is -Infinity'],
  ['undefined in a list', ['a', undefined], 'input.data.site.1', 'is undefined'],
  ['a key that reaches the prototype', JSON.parse('{"__proto__":"x"}'), 'input.data.site', '"__proto__"'],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('data that JSON does not have', () => {
  it.for(unsendable)('such as %s is refused before anything is sent', async ([, value, path, problem]) => {
    await using proxy = await faultyProxy(null, []);
    const { client, delaysMs } = pacedClient({ url: proxy.url });
    const error: unknown = await client
      .resume('c')
      .submitCard('card', { site: unchecked(value) }, { turnId: 'my-turn' })
      .catch((thrown: unknown) => thrown);
    if (!isTurnkeeperError(error)) throw new Error('another error', { cause: error });

    expect(error).toMatchObject({
      reason: 'INVALID_INPUT',
      retryable: false,
      isOutcomeUnknown: false,
      httpStatus: undefined,
      turnId: 'my-turn',
      message: expect.stringMatching(/^Only plain JSON can be sent, but /) as unknown,
    });
    expect(error.issues).toHaveLength(1);
    expect(error.issues?.[0]?.path.startsWith(path)).toBe(true);
    expect(error.issues?.[0]?.message).toContain(problem);
    expect(error.message).toContain(problem);
    expect(proxy.requests).toHaveLength(0);
    expect(delaysMs).toEqual([]);
  });

  it('is refused at the top of the data, in a turn, a get, an end, a list and a watch likewise', async () => {
    await using proxy = await faultyProxy(null, []);
    const { client } = pacedClient({ url: proxy.url });
    const conversation = client.resume('c');
    const date = new Date() as never;
    const calls = [
      conversation.submitCard('card', JSON.parse('{"__proto__":"x"}') as Record<string, Json>),
      conversation.turn({ type: 'text', text: date }),
      conversation.turn(12n as unknown as TurnInput, { turnId: 't' }),
      conversation.get({ messages: { limit: Number.NaN } }),
      conversation.end({ outcome: 'cancelled', reason: date }),
      client.list({ cursor: date }),
      conversation.watch({ after: Number.POSITIVE_INFINITY }).next(),
    ];
    for (const call of calls)
      await expect(call).rejects.toMatchObject({ reason: 'INVALID_INPUT', isOutcomeUnknown: false });
    expect(proxy.requests).toHaveLength(0);
  });
});

describe('data that JSON has', () => {
  const sent: readonly [what: string, data: Record<string, unknown>, arrives?: Record<string, unknown>][] = [
    ['a key "constructor"', { constructor: 'x' }],
    ['such a key further in', { site: { constructor: 'x', prototype: [{ constructor: null }] } }],
    ['keys that every object inherits', { toString: 'a', valueOf: 1, hasOwnProperty: true }],
    ['keys with dots and slashes', { 'a.b': { '': 1, '\\': 'c', 'd/e': [] } }],
    ['what is undefined, left out', { a: undefined, b: { c: undefined, d: null } }, { b: { d: null } }],
    ['an object without a prototype', { a: Object.assign(Object.create(null), { b: 1 }) as unknown }],
    ['the same object twice', ((shared) => ({ a: shared, b: [shared] }))({ c: 1 })],
    ['ninety levels', { a: nested(90) }],
  ];

  it.for(sent)('is sent as it is: %s', async ([, data, arrives]) => {
    await using proxy = await faultyProxy(null, ['UNKNOWN_CARD']);
    const { client } = pacedClient({ url: proxy.url });
    await expect(
      client.resume('c').submitCard('card', data as Record<string, Json>, { turnId: 't' }),
    ).rejects.toMatchObject({ reason: 'UNKNOWN_CARD' });
    expect(proxy.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        json: {
          conversationId: 'c',
          turnId: 't',
          input: { type: 'cardAction', cardId: 'card', data: arrives ?? data },
        },
      },
    ]);
  });

  it('reaches the server, which answers to it', async () => {
    await using server = await serve(new ScriptedAgent([{ text: 'Hello' }]));
    const client = createTurnkeeperClient({ url: server.url, retry: { attempts: 1 } });
    const conversation = client.conversation('leave-request');
    await conversation.open();
    for (const data of [
      { constructor: 'x' },
      { site: { constructor: 'x' } },
      { a: undefined as never, b: 1 },
    ])
      await expect(conversation.submitCard('card', data)).rejects.toMatchObject({ reason: 'UNKNOWN_CARD' });
    expect(await client.list()).toMatchObject({ conversations: [{ conversationId: conversation.id }] });
    expect(await client.definitions()).not.toHaveLength(0);
  });

  it('never reaches a prototype: "constructor" is left out of a shown card, and the rest accepted', async () => {
    const content = {
      type: 'AdaptiveCard',
      version: '1.5',
      body: [{ type: 'Input.Number', id: 'days' }],
      actions: [{ type: 'Action.Submit' }],
    };
    const card = { contentType: 'application/vnd.microsoft.card.adaptive', content };
    const agent = new ScriptedAgent([[{ type: 'message', attachments: [card] }], { data: { days: 4 } }]);
    await using server = await serve(agent);
    const client = createTurnkeeperClient({ url: server.url, retry: { attempts: 1 } });
    const conversation = client.conversation('leave-request');
    const { messages } = await conversation.open();
    await conversation.submitCard(messages[0]?.cardId ?? '', { days: 4, constructor: 'x' });
    expect(agent.requests[1]?.input).toMatchObject({ type: 'cardAction', data: { days: 4 } });
    expect(Object.keys((agent.requests[1]?.input as { data: object } | undefined)?.data ?? {})).toEqual([
      'days',
    ]);
  });
});
