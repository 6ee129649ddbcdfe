import type { Random } from '../history/random.ts';

/** One request, as fetch takes it, with its name in a failure. */
export interface HostileRequest {
  readonly name: string;
  readonly path: string;
  /** Undefined for GET. */
  readonly body?: string;
  /** True if it asks for a page of messages, which may be large. */
  readonly asksForMessages?: boolean;
}

export const mostBytes = 262_144;

const turn = { conversationId: 'words', workflowId: 'travel', input: { type: 'open' } };

export const openings = [
  turn,
  { conversationId: 'card', workflowId: 'survey', turnId: 'o', input: { type: 'open' } },
];

/** The card that the second opening shows. */
export const shownCardId = 'card-1.2';

const submit = (data: unknown, action?: string) => ({
  ...{ conversationId: 'card', input: { type: 'cardAction', cardId: shownCardId, data, action } },
});

function wide(keys: number, value: unknown): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${index.toString(36)}`, value]));
}

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

const posted = (name: string, body: unknown, path = 'workflow.turn'): HostileRequest => ({
  ...{ name, path, body: typeof body === 'string' ? body : JSON.stringify(body) },
});

const asked = (name: string, path: string, input: string): HostileRequest => ({
  ...{ name, path: `${path}?input=${encodeURIComponent(input)}` },
});

/** 1,000 levels of marks, each with a path of many keys. */
function nestedMarks(): unknown {
  let values: unknown = ['undefined'];
  for (let depth = 0; depth < 1_000; depth += 1) values = { ['a.'.repeat(90)]: values };
  return { json: turn, meta: { v: 1, values } };
}

/** Requests that once stopped a server, or kept it busy for long, and requests similar to them. */
export function knownRequests(): HostileRequest[] {
  const list = times(4_000, () => 'a').join(',');
  return [
    ...[10_000, 100_000, 1_000_000, 10_000_000].map((number) =>
      posted(`a typed array of ${number}`, {
        json: number,
        meta: { v: 1, values: [['typed-array', 'Uint8Array']] },
      }),
    ),
    posted('an array-like', {
      json: { ...turn, x: { length: 3e7 } },
      meta: { v: 1, values: { x: [['typed-array', 'Uint8Array']] } },
    }),
    posted('4e9 as an array', {
      json: { ...turn, x: 4e9 },
      meta: { v: 1, values: { x: [['typed-array', 'Uint8Array']] } },
    }),
    posted('nested marks', nestedMarks()),
    posted('a set with equal references', {
      json: { a: times(18_000, (index) => [index]) },
      meta: {
        values: { a: ['set'] },
        referentialEqualities: { 'a.17999': times(12_000, (index) => `a.${index}`) },
      },
    }),
    posted('a map with equal references', {
      json: { a: times(9_000, (index) => [index, index]) },
      meta: {
        values: { a: ['map'] },
        referentialEqualities: { 'a.8999.0': times(10_000, (index) => `a.${index}`) },
      },
    }),
    posted('equal references of the whole', {
      json: turn,
      meta: { referentialEqualities: [times(40_000, () => 'a')] },
    }),
    posted('28,000 unknown keys', { json: { ...turn, ...wide(27_000, 1) } }),
    posted('28,000 unknown keys of an input', {
      json: { ...turn, input: { type: 'open', ...wide(27_000, 1) } },
    }),
    posted('28,000 marks', { json: turn, meta: { values: wide(12_000, ['undefined']) } }),
    posted('28,000 keys of meta', { json: turn, meta: wide(27_000, 1) }),
    posted('28,000 keys beside', { ...wide(27_000, 1), json: turn }),
    posted('a regular expression that is none', { json: '('.repeat(160_000), meta: { values: ['regexp'] } }),
    posted('a long number', `{"json":${'9'.repeat(260_000)}}`),
    posted('a long bigint', { json: '9'.repeat(250_000), meta: { values: ['bigint'] } }),
    posted('deep lists', `{"json":${'['.repeat(130_000)}${']'.repeat(130_000)}}`),
    posted('deep objects', `{"json":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}`),
    posted(
      'deep card data',
      `{"json":{"conversationId":"card","input":{"type":"cardAction","cardId":"${shownCardId}","data":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}}}`,
    ),
    posted('an unclosed list', `{"json":${'['.repeat(250_000)}`),
    posted('a long text', { json: { ...turn, input: { type: 'text', text: 'x'.repeat(250_000) } } }),
    ...['\u0001', '\ud800', '"', 'x', 'ab, '].map((part) =>
      posted(`8,000 characters of ${JSON.stringify(part)}`, {
        json: { ...turn, input: { type: 'text', text: part.repeat(8_000 / part.length) } },
      }),
    ),
    posted('a long space', { json: { ...turn, input: { type: 'text', text: `a${' '.repeat(250_000)}b` } } }),
    posted('a long id', { json: { ...turn, conversationId: 'c'.repeat(250_000) } }),
    posted('a long turn id', { json: { ...turn, turnId: 'c'.repeat(250_000) } }),
    posted('a long key', { json: { ...turn, ['k'.repeat(250_000)]: 1 } }),
    posted('numbers for keys', {
      json: Object.fromEntries(times(16_000, (index) => [4_294_967_294 - index * 7, 1])),
    }),
    posted('card data of many values', { json: submit(wide(25_000, 1)) }),
    posted('card data of 4,900 values', { json: submit(wide(4_900, 'a')) }),
    posted('lists of choices', {
      json: submit({
        of: 1,
        same: 'data',
        ...Object.fromEntries(times(20, (index) => [`many${index}`, list])),
      }),
    }),
    posted('texts for expressions', {
      json: submit({ of: 2, same: 'data', words: 'a'.repeat(8_000), more: 'ab'.repeat(4_000) }),
    }),
    posted('long texts for everything', {
      json: submit({
        of: 3,
        ...Object.fromEntries(
          ['same', 'words', 'more', 'date', 'number', 'time', 'toggle'].map((id) => [id, '1'.repeat(30_000)]),
        ),
      }),
    }),
    posted('data that every action shares', { json: submit({ same: wide(4_000, 'a'), of: wide(900, 'b') }) }),
    posted(
      'a reason',
      { json: { conversationId: 'card', outcome: 'cancelled', reason: ' '.repeat(250_000) } },
      'workflow.end',
    ),
    posted(
      'a batch of words',
      Object.fromEntries(
        times(10, (index) => [
          index,
          {
            json: {
              ...turn,
              conversationId: `b${index}`,
              input: { type: 'text', text: 'ab cd '.repeat(320) },
            },
          },
        ]),
      ),
      `${times(10, () => 'workflow.turn').join(',')}?batch=1`,
    ),
    posted(
      'a batch of wide objects',
      Object.fromEntries(times(10, (index) => [index, { json: { ...turn, ...wide(2_400, 1) } }])),
      `${times(10, () => 'workflow.turn').join(',')}?batch=1`,
    ),
    posted(
      'a batch that is a list',
      times(3_000, () => ({ json: turn })),
      'workflow.turn,workflow.turn?batch=1',
    ),
    posted('a large batch', '{}', `${times(1_000, () => 'workflow.turn').join(',')}?batch=1`),
    posted('no JSON', 'x'.repeat(mostBytes)),
    asked(
      'a typed array in the URL',
      'workflow.list',
      '{"json":100000,"meta":{"v":1,"values":[["typed-array","Uint8Array"]]}}',
    ),
    asked('a wide object in the URL', 'workflow.list', JSON.stringify({ json: wide(700, 1) })),
    asked('deep lists in the URL', 'workflow.get', `{"json":${'['.repeat(2_000)}${']'.repeat(2_000)}}`),
    asked('a cursor of lists', 'workflow.list', JSON.stringify({ json: { cursor: btoa('['.repeat(350)) } })),
    asked('a long cursor', 'workflow.list', JSON.stringify({ json: { cursor: 'c'.repeat(12_000) } })),
    asked(
      'a place that is none',
      'workflow.get',
      JSON.stringify({
        json: { conversationId: 'card', messages: { limit: 1, before: '1.'.repeat(5_000) } },
      }),
    ),
    asked(
      'an event that is none',
      'workflow.watch',
      JSON.stringify({ json: { conversationId: 'card', lastEventId: '0'.repeat(10_000) } }),
    ),
    {
      name: 'another event that is none',
      path: `workflow.watch?lastEventId=${'0'.repeat(10_000)}&input=${encodeURIComponent('{"json":{"conversationId":"card"}}')}`,
    },
    {
      name: 'connection parameters',
      path: `workflow.list?connectionParams=${encodeURIComponent(JSON.stringify(wide(700, 1)))}`,
    },
    { name: 'many parameters', path: `workflow.list?${times(2_000, (index) => `a${index}`).join('&')}` },
    { name: 'a long path', path: 'workflow.'.repeat(1_500) },
    { name: 'a path of prototypes', path: '__proto__.constructor.prototype' },
    {
      ...asked(
        'a page of messages',
        'workflow.get',
        JSON.stringify({ json: { conversationId: 'card', messages: { limit: 100 } } }),
      ),
      asksForMessages: true,
    },
    asked('every definition', 'workflow.definitions', '{"json":null,"meta":{"values":["undefined"]}}'),
    asked('every conversation', 'workflow.list', '{"json":{"limit":100}}'),
  ];
}

const kinds = ['Date', 'set', 'map', 'regexp', 'bigint', 'number', 'URL', 'Error', 'undefined', 'x'] as const;

/** Makes a random request. */
export function anyRequest(random: Random): HostileRequest {
  const json = mutated(random);
  const wire = random.chance(0.5) ? { json } : { json, meta: anyMeta(random) };
  const body = JSON.stringify(wire).slice(0, random.chance(0.05) ? random.int(0, mostBytes) : mostBytes);
  if (random.chance(0.25)) {
    const input = JSON.stringify(wire).slice(0, 3_500);
    return asked('', `workflow.${random.pick(['list', 'get', 'watch', 'definitions', 'turn'])}`, input);
  }
  if (random.chance(0.1)) {
    const calls = random.int(1, 12);
    const part = JSON.stringify(wire).length * calls > mostBytes ? { json: turn } : wire;
    const batch = Object.fromEntries(times(calls, (index) => [index, part]));
    return posted(
      '',
      batch,
      `${times(calls, () => `workflow.${random.pick(['turn', 'end'])}`).join(',')}?batch=1`,
    );
  }
  return posted('', body, `workflow.${random.pick(['turn', 'turn', 'turn', 'end'])}`);
}

/** Replaces one or two places of a good input. */
function mutated(random: Random): unknown {
  const bases = [
    { ...turn, conversationId: `f${random.int(0, 5)}` },
    { ...turn, input: { type: 'text', text: words(random) } },
    submit(anyObject(random)),
    { conversationId: 'f1', outcome: 'cancelled', reason: 'because' },
    { limit: 5, cursor: 'x' },
  ];
  const base = structuredClone(random.pick<object>(bases)) as Record<string, unknown>;
  for (let count = random.int(0, 2); count > 0; count -= 1) {
    const key = random.chance(0.7) ? random.pick(Object.keys(base)) : anyText(random, 20);
    base[key] = anyValue(random, 3);
  }
  return random.chance(0.95) ? base : anyValue(random, 3);
}

/** The length is one that the guided agent reads fast; its own tests cover longer texts. */
function words(random: Random): string {
  return times(random.int(1, 200), () =>
    random.pick(['yes', 'no', '5', 'tomorrow', 'Bergen', '3 May', 'two', 'and']),
  ).join(' ');
}

function anyMeta(random: Random): unknown {
  const marks = Object.fromEntries(
    times(random.int(0, 60), () => [
      random.pick([
        'input',
        'input.data',
        'conversationId',
        'a.b.c',
        '__proto__.x',
        '0',
        anyText(random, 300),
      ]),
      random.pick<unknown>([
        [random.pick(kinds)],
        [['typed-array', 'Uint8Array']],
        { a: ['set'] },
        ['set', { 0: ['map'] }],
      ]),
    ]),
  );
  return random.pick<unknown>([
    { v: 1, values: marks },
    { values: [random.pick(kinds)] },
    { referentialEqualities: anyObject(random), v: 1 },
    anyValue(random, 2),
  ]);
}

function anyObject(random: Random): Record<string, unknown> {
  return Object.fromEntries(times(random.int(0, 30), () => [anyText(random, 10), anyValue(random, 1)]));
}

function anyText(random: Random, most: number): string {
  const part = random.pick([
    'a',
    '"',
    '\\',
    '\u0000',
    '\ud800',
    '.',
    '{',
    'é',
    ' ',
    '1',
    '__proto__',
    '<b>',
    '\n',
  ]);
  return part.repeat(random.int(0, most));
}

/** A value that has values is small below the top: a request that is much too long is cut, and then only tests the cut. */
function anyValue(random: Random, depth: number): unknown {
  const most = depth > 2 ? { items: 50, keys: 15_000 } : { items: 10, keys: 1_000 };
  const kind = random.weighted({
    text: 4,
    longText: 1,
    number: 2,
    word: 2,
    list: depth,
    object: depth,
    wide: 0.3,
    deep: 0.3,
  });
  switch (kind) {
    case 'text':
      return anyText(random, 100);
    case 'longText':
      return anyText(random, 20_000);
    case 'number':
      return random.pick([0, -1, 1e308, 5e-324, 4e9, 2 ** 53, 0.1, 10_000_000]);
    case 'word':
      return random.pick([true, false, null]);
    case 'list':
      return times(random.int(0, most.items), () => anyValue(random, depth - 1));
    case 'object':
      return Object.fromEntries(
        times(random.int(0, most.items), () => [anyText(random, 5), anyValue(random, depth - 1)]),
      );
    case 'wide':
      return wide(random.int(100, most.keys), null);
    case 'deep': {
      let deep: unknown = 1;
      for (let level = random.int(10, 2_000); level > 0; level -= 1) deep = [deep];
      return deep;
    }
  }
}
