import fc from 'fast-check';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { serializeOutput } from '../../../server/router/output-transformer.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import expenseReport from '../../../workflows/expense-report.ts';
import { anyCharacter } from '../../support/any-character.ts';

/** The text on the wire, or the message of the error that stands in its place. */
function textOf(serialize: (value: unknown) => unknown, value: unknown): string {
  try {
    return JSON.stringify(serialize(value));
  } catch (error) {
    return String(error);
  }
}

function expectSameText(value: unknown): void {
  expect(textOf(serializeOutput, value)).toBe(textOf(superjson.serialize, value));
}

/** Returns true if superjson's walk was spared: the values on the wire are then the result's own. */
const isTakenAsItIs = (value: unknown): boolean => serializeOutput(value).json === value;

const oddKeys = fc.constantFrom(
  'a.b',
  'a\\',
  '0',
  '12',
  '01',
  '-1',
  '',
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
);
const key = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 3 }) },
  { weight: 1, arbitrary: oddKeys },
);
const shared = { shared: [1] };
const sharedDate = new Date(0);

const { anything } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    ...[
      fc.string(),
      fc.string({ unit: anyCharacter }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    ],
    { arbitrary: fc.date({ noInvalidDate: true }), weight: 3 },
  ),
  oddLeaf: fc.oneof(
    ...[fc.constant(undefined), fc.constant(-0), fc.bigInt(), fc.constant(shared), fc.constant(sharedDate)],
    ...[fc.constant(new Date(Number.NaN)), fc.constant(() => 1), fc.constant(Symbol('s')), fc.constant(/x/g)],
    ...[fc.constant(new Map([[1, 2]])), fc.constant(new Set([1])), fc.constant(new Error('e'))],
    ...[
      fc.constant(new URL('http://a/')),
      fc.constant(new Uint8Array(2)),
      fc.constant(Object.create({ a: 1 })),
    ],
    // oxlint-disable-next-line no-sparse-arrays -- a list with a hole
    ...[fc.constant([1, , 2]), fc.constant(/(x)/.exec('x')), fc.constant(Object(1))],
  ),
  object: fc.array(fc.tuple(key, tie('anything')), { maxLength: 5 }).map((entries) =>
    // Object.fromEntries makes "__proto__" a key of its own.
    Object.fromEntries(entries),
  ),
  anything: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: tie('leaf'), weight: 6 },
    { arbitrary: tie('oddLeaf'), weight: 1 },
    { arbitrary: fc.array(tie('anything'), { maxLength: 4 }), weight: 3 },
    { arbitrary: tie('object'), weight: 5 },
  ),
}));

describe('the serialized form of an output', () => {
  it('is superjson’s, whatever the value is', () => {
    fc.assert(fc.property(anything, expectSameText), { numRuns: 3_000 });
  });

  it('is superjson’s for JSON with dates', () => {
    const date = fc.date({ noInvalidDate: true });
    const dated = fc.record({
      state: fc.record({ at: date, until: date }),
      list: fc.array(fc.record({ at: date })),
      json: fc.jsonValue(),
    });
    fc.assert(fc.property(dated, expectSameText));
  });

  it.each<[string, unknown]>([
    ['a date alone', new Date(0)],
    ['dates in a list', { times: [new Date(0), new Date(1)] }],
    [
      'a date under a number, after others',
      { a: { b: [{ at: new Date(0) }], 3: new Date(1), 1: { at: new Date(2) } } },
    ],
    ['a date under a key with a dot', { 'a.b': { at: new Date(0) } }],
    ['a date under a key with a backslash', { 'a\\b': { at: new Date(0) } }],
    ['a date under the empty key', { '': { '': new Date(0) } }],
    ['a date that occurs twice', { a: sharedDate, b: sharedDate }],
    ['an object that occurs twice', { a: shared, b: { c: shared } }],
    ['an empty list that occurs twice', { a: shared.shared, b: shared.shared }],
    ['an object in itself', withItself()],
    ['no value', undefined],
    ['a field without a value', { a: undefined, at: new Date(0) }],
    ['a key that superjson refuses', { a: { constructor: 1 } }],
    ['a key that superjson refuses, in a list', [{ ['__proto__']: 1 }]],
    ['a list with another key', Object.assign([1], { at: new Date(0) })],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { at: new Date(0) })],
    ['half a surrogate pair', { a: '\uD800', at: new Date(0) }],
  ])('is superjson’s for %s', (_case, value) => {
    expectSameText(value);
  });
});

function withItself(): object {
  const value: Record<string, unknown> = { at: new Date(0) };
  value['self'] = value;
  return value;
}

const order = defineWorkflow({
  id: 'order',
  version: 1,
  title: 'Order',
  steps: [
    {
      id: 'goods',
      title: 'Goods',
      collects: z.object({ item: z.string(), count: z.int(), tags: z.array(z.string()).optional() }),
    },
    { id: 'address', title: 'Address', collects: z.object({ street: z.string() }) },
    { id: 'confirm', title: 'Confirm' },
  ],
});

const answer: fc.Arbitrary<ScriptedReply> = fc.record(
  {
    text: fc.string(),
    data: fc.record(
      {
        ...{ item: fc.string(), count: fc.oneof(fc.integer(), fc.double()), street: fc.string() },
        ...{ tags: fc.array(fc.string()), unknown: fc.jsonValue() as fc.Arbitrary<Json> },
      },
      { requiredKeys: [] },
    ),
    action: fc.constantFrom('ask', 'confirm', 'complete'),
    step: fc.constantFrom('goods', 'address', 'confirm', 'nowhere'),
    citations: fc.array(fc.webUrl(), { maxLength: 2 }),
  },
  { requiredKeys: ['text'] },
);

describe('the results of all procedures', () => {
  it('are on the wire as superjson writes them, whatever the agent answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (answers) => {
        await using world = await createTestCaller({ definitions: [order] });
        world.agent.willAnswer(...answers);
        const { workflow } = world.caller;
        const open = {
          conversationId: 'c',
          workflowId: 'order',
          turnId: 't',
          input: { type: 'open' },
        } as const;
        const results: unknown[] = [];
        for (const { text = '' } of answers) {
          const input = { type: 'text', text: text.trim() === '' ? 'x' : text } as const;
          const turn = results.length === 0 ? open : { conversationId: 'c', input };
          results.push(await workflow.turn(turn).catch(() => null));
        }
        results.push(
          await workflow.turn(open).catch(() => null),
          await workflow.get({ conversationId: 'c' }).catch(() => null),
        );
        results.push(await workflow.list({}), await workflow.definitions());
        results.push(await workflow.end({ conversationId: 'c', outcome: 'cancelled' }).catch(() => null));
        results.push(await workflow.get({ conversationId: 'c' }).catch(() => null));
        for (const result of results) expectSameText(result);
      }),
      { numRuns: 60 },
    );
  });

  it('hold no control of a group twice, also where the turn is replayed', async () => {
    await using world = await createTestCaller({ definitions: [expenseReport] });
    const line = { item: 'Taxi', date: '2026-11-02', amount: 20, category: 'travel' };
    const known = { purpose: 'Trade fair', costCentre: 'marketing', attendees: ['guests'] };
    const data = { ...known, lines: [{ op: 'add', values: line }] };
    world.agent.willAnswer({ text: 'Another one?', data, more: 'lines' });
    const { workflow } = world.caller;
    const open = { conversationId: 'c', turnId: 't', input: { type: 'open' } } as const;
    const asked = await workflow.turn(open);
    expect(asked.workflowState.suggestedInput.items).not.toHaveLength(0);
    const results = [asked, await workflow.turn(open), await workflow.get({ conversationId: 'c' })];
    const controls = results.map(({ workflowState: { suggestedInput, open: left } }) => ({
      suggestedInput,
      left,
    }));
    expect(controls.map(isTakenAsItIs)).toEqual(controls.map(() => true));
  });

  it('are mostly taken as they are', async () => {
    await using world = await createTestCaller({ definitions: [order] });
    world.agent.willAnswer(
      { text: 'How many?', data: { item: 'Tea' } },
      { text: 'Where to?', data: { count: 2 } },
    );
    const { workflow } = world.caller;
    const conversationId = 'c';
    const results = [
      await workflow.turn({ conversationId, workflowId: 'order', input: { type: 'open' } }),
      await workflow.turn({ conversationId, input: { type: 'text', text: 'Two' } }),
      await workflow.get({ conversationId }),
      await workflow.list({}),
      await workflow.definitions(),
      await workflow.end({ conversationId, outcome: 'cancelled' }),
    ];
    expect(results.map(isTakenAsItIs)).toEqual(results.map(() => true));
  });
});
