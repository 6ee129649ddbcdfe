import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isWholeGroup, idsOfTurn, itemsOf } from '../../../server/domain/merge-group.ts';
import { mergeFields } from '../../../server/domain/merge-fields.ts';
import type { MergedFields } from '../../../server/domain/merge-fields.ts';
import { mostGroupItems } from '../../../workflows/definition/group-schema.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { deepFreeze, workflowOfSteps } from './domain-samples.ts';

const expenses = workflowOfSteps([
  {
    id: 'lines',
    title: 'Lines',
    collects: z.object({
      lines: z
        .array(
          z.object({
            name: z.string().trim().min(1),
            price: z.number().min(0),
            kind: z.enum(['food', 'travel']).optional(),
          }),
        )
        .min(1)
        .max(60),
    }),
  },
]);

const seed = Number(process.env['MERGE_SEED'] ?? randomInt(2 ** 31));

type Item = Readonly<Record<string, Json>>;

function merge(before: readonly Item[] | undefined, lines: unknown, turn = 7): MergedFields {
  const collected = before === undefined ? {} : { lines: before as Json };
  return mergeFields(expenses, deepFreeze(collected), new Map([['lines', lines]]), { ids: idsOfTurn(turn) });
}

function linesOf({ collected }: MergedFields): Json | undefined {
  return collected['lines'];
}

const taxi = { id: '3-1', name: 'Taxi', price: 20 };
const lunch = { id: '3-2', name: 'Lunch', price: 15, kind: 'food' };
const train = { id: '5-1', name: 'Train', price: 80, kind: 'travel' };

describe('operations on items', () => {
  it('add, set and remove items by their ids, and leave all other items alone', () => {
    const merged = merge(
      [taxi, lunch, train],
      [
        { op: 'remove', id: '3-1' },
        { op: 'set', id: '5-1', values: { price: 85 } },
        { op: 'add', values: { name: 'Hotel', price: 120 } },
      ],
    );
    const after = [lunch, { ...train, price: 85 }, { id: '7-1', name: 'Hotel', price: 120 }];
    expect(linesOf(merged)).toEqual(after);
    expect(merged).toMatchObject({ changed: { lines: after }, rejected: [], ignored: [] });
  });

  it('clear a value with null', () => {
    expect(linesOf(merge([lunch], [{ op: 'set', id: '3-2', values: { kind: null } }]))).toEqual([
      { id: '3-2', name: 'Lunch', price: 15 },
    ]);
  });

  it('are refused by name where there is no such item, and the others take effect', () => {
    const merged = merge(
      [taxi],
      [
        { op: 'set', id: '9-9', values: { price: 1 } },
        { op: 'remove' },
        { op: 'move', id: '3-1' },
        { op: 'set', id: '3-1', values: { price: 21 } },
      ],
    );
    expect(linesOf(merged)).toEqual([{ ...taxi, price: 21 }]);
    expect(merged.rejected.map(({ field, place }) => [field, place])).toEqual([
      ['lines.9-9', 'lines.0.id'],
      ['lines', 'lines.1.id'],
      ['lines', 'lines.2.op'],
    ]);
  });

  it('are not mixed with items: nobody could tell what the list leaves out', () => {
    const merged = merge([taxi], [{ op: 'remove', id: '3-1' }, { name: 'Bus' }]);
    expect(linesOf(merged)).toEqual([taxi]);
    expect(merged.rejected).toMatchObject([{ field: 'lines' }]);
  });

  it('report what an item does not have, and an id that they may not give', () => {
    const merged = merge([], [{ op: 'add', id: 'mine', values: { name: 'Bus', colour: 'red' } }]);
    expect(linesOf(merged)).toEqual([{ id: '7-1', name: 'Bus' }]);
    expect(merged.ignored).toEqual(['lines.7-1.colour']);
  });

  it.each(['__proto__', 'constructor', 'toString'])('ignore a value under the name %s', (name) => {
    const values = Object.fromEntries([[name, { polluted: true }]]);
    const merged = merge([], [{ op: 'add', values }]);
    expect(linesOf(merged)).toEqual([{ id: '7-1' }]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('one bad value', () => {
  it('is the only one of fifty lines that is lost, and is named by its line', () => {
    const lines = Array.from({ length: 50 }, (_, at) => ({
      name: `Line ${at + 1}`,
      price: at === 30 ? -1 : at,
    }));
    const merged = merge(undefined, lines);
    expect(itemsOf(linesOf(merged))).toHaveLength(50);
    expect(merged.rejected).toEqual([
      { field: 'lines.7-31.price', issues: [expect.any(String)], place: 'lines.30.price' },
    ]);
    expect(itemsOf(linesOf(merged))[30]?.values).toEqual(new Map([['name', 'Line 31']]));
  });

  it('leaves the value that the item had', () => {
    for (const sent of [
      [{ op: 'set', id: '3-1', values: { price: 'much', name: 'Cab' } }],
      [{ id: '3-1', price: 'much', name: 'Cab' }],
    ]) {
      const merged = merge([taxi], sent);
      expect(linesOf(merged)).toEqual([{ ...taxi, name: 'Cab' }]);
      expect(merged.rejected).toMatchObject([{ field: 'lines.3-1.price' }]);
    }
  });

  it('leaves the item where a list holds something else in its place', () => {
    const merged = merge([taxi, lunch], ['Taxi', { id: '3-2', name: 'Dinner', price: 30 }, 7]);
    expect(linesOf(merged)).toEqual([taxi, { id: '3-2', name: 'Dinner', price: 30 }]);
    expect(merged.rejected.map(({ field }) => field)).toEqual(['lines.3-1', 'lines.2']);
  });

  it.each(['a taxi', 7, true, { name: 'Taxi' }])('of the whole group, %j, changes nothing', (sent) => {
    const merged = merge([taxi], sent);
    expect(linesOf(merged)).toEqual([taxi]);
    expect(merged.rejected).toMatchObject([{ field: 'lines', place: 'lines' }]);
  });
});

describe('a whole list', () => {
  it('finds the items by their ids, in any order, and removes those that it leaves out', () => {
    const merged = merge([taxi, lunch, train], [train, { id: '3-1', name: 'Taxi', price: 25 }]);
    expect(linesOf(merged)).toEqual([train, { ...taxi, price: 25 }]);
  });

  it('finds an item without an id by its position, unless another entry names that item', () => {
    const merged = merge(
      [taxi, lunch],
      [
        { name: 'Cab', price: 22 },
        { name: 'Snack', price: 3 },
        { name: 'Bus', price: 2 },
      ],
    );
    expect(linesOf(merged)).toEqual([
      { id: '3-1', name: 'Cab', price: 22 },
      { id: '3-2', name: 'Snack', price: 3 },
      { id: '7-1', name: 'Bus', price: 2 },
    ]);
    const swapped = merge([taxi, lunch], [{ name: 'Bus', price: 2 }, taxi]);
    expect(linesOf(swapped)).toEqual([{ id: '7-1', name: 'Bus', price: 2 }, taxi]);
  });

  it('takes an entry with an id that nobody has for a new item', () => {
    expect(linesOf(merge([taxi], [{ id: '9-9', name: 'Bus', price: 2 }]))).toEqual([
      { id: '7-1', name: 'Bus', price: 2 },
    ]);
  });

  it('holds each item once', () => {
    const merged = merge([taxi], [taxi, { ...taxi, price: 1 }]);
    expect(linesOf(merged)).toEqual([taxi]);
    expect(merged.rejected).toMatchObject([{ field: 'lines.3-1', place: 'lines.1' }]);
  });

  it('is no change where it says what is known already', () => {
    expect(merge([taxi, lunch], [taxi, lunch]).changed).toEqual({});
  });

  it('may be empty, which is an answer; operations that come to nothing are none', () => {
    expect(merge(undefined, []).changed).toEqual({ lines: [] });
    expect(merge(undefined, [{ op: 'remove', id: '1-1' }]).changed).toEqual({});
  });
});

describe('the number of items', () => {
  it('is bounded: what does not fit is refused, and the rest is taken', () => {
    const merged = merge(
      undefined,
      Array.from({ length: 63 }, (_, at) => ({ name: `Line ${at}`, price: at })),
    );
    expect(itemsOf(linesOf(merged))).toHaveLength(60);
    expect(merged.rejected).toEqual([
      { field: 'lines', issues: ['takes at most 60 items: 3 more did not fit'], place: 'lines.60' },
    ]);
  });

  it('is bounded for a group that sets no bound itself', () => {
    const open = workflowOfSteps([
      { id: 'a', title: 'A', collects: z.object({ list: z.array(z.object({ n: z.int() })) }) },
    ]);
    const list = Array.from({ length: mostGroupItems + 1 }, (_, n) => ({ n }));
    const merged = mergeFields(open, {}, new Map([['list', list]]), { ids: idsOfTurn(1) });
    expect(itemsOf(merged.collected['list'])).toHaveLength(mostGroupItems);
  });

  it('and the required values of each decide whether the group is whole', () => {
    const group = expenses.fields.get('lines')?.group ?? null;
    const isWhole = (value: Json | undefined) => group !== null && isWholeGroup(group, value);
    expect(isWhole([taxi])).toBe(true);
    expect(isWhole(undefined)).toBe(false);
    expect(isWhole([])).toBe(false);
    expect(isWhole([taxi, { id: '3-3', name: 'Bus' }])).toBe(false);
  });
});

describe('the ids of items', () => {
  it('are the same when the same turn is merged again', () => {
    const sent = [{ op: 'add', values: { name: 'Bus', price: 2 } }];
    expect(merge([taxi], sent)).toEqual(merge([taxi], sent));
  });

  it('are never those of an item that was removed by an earlier turn', () => {
    const removed = linesOf(merge([taxi, lunch], [{ op: 'remove', id: '3-2' }], 4)) as Item[];
    const added = merge(removed, [{ op: 'add', values: { name: 'Bus' } }], 5);
    expect(itemsOf(linesOf(added)).map(({ id }) => id)).toEqual(['3-1', '5-1']);
  });

  it('go on where an earlier merge of the same turn ended', () => {
    const first = merge([], [{ op: 'add', values: { name: 'Bus' } }]);
    const second = merge(linesOf(first) as Item[], [{ op: 'add', values: { name: 'Tram' } }]);
    expect(itemsOf(linesOf(second)).map(({ id }) => id)).toEqual(['7-1', '7-2']);
  });

  it('are kept when a stored list moves to another version of the definition', () => {
    const ids = { prefix: 'v2', keepsGiven: true };
    const merged = mergeFields(expenses, {}, new Map([['lines', [taxi, { name: 'Bus' }, train]]]), { ids });
    expect(itemsOf(merged.collected['lines']).map(({ id }) => id)).toEqual(['3-1', 'v2-1', '5-1']);
  });
});

describe(`merging by operations and merging the whole list (MERGE_SEED=${seed})`, () => {
  const value = fc.record(
    {
      name: fc.oneof(fc.constantFrom('Taxi', 'Bus', 'Hotel'), fc.constant(7)),
      price: fc.oneof(fc.nat({ max: 9 }), fc.constant(-1)),
      kind: fc.constantFrom('food', 'travel', 'fun'),
    },
    { requiredKeys: [] },
  );
  const groups = fc
    .array(value, { maxLength: 6 })
    .map((items) => (linesOf(merge(undefined, items, 3)) ?? []) as Item[]);
  const plan = fc.record({
    before: groups,
    edits: fc.array(fc.option(value, { nil: null }), { minLength: 6, maxLength: 6 }),
    kept: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    added: fc.array(value, { maxLength: 4 }),
  });
  const memberNames = ['name', 'price', 'kind'] as const;

  it('are the same, whatever is added, changed, removed or refused', () => {
    fc.assert(
      fc.property(plan, ({ before, edits, kept, added }) => {
        const whole: unknown[] = [];
        const operations: unknown[] = [];
        before.forEach((item, at) => {
          if (kept[at] !== true) {
            operations.push({ op: 'remove', id: item['id'] });
            return;
          }
          const edit = edits[at] ?? null;
          whole.push(edit === null ? item : { id: item['id'], ...edit });
          if (edit === null) return;
          // A whole item leaves out what it clears; an operation says so.
          const values = Object.fromEntries(memberNames.map((name) => [name, edit[name] ?? null]));
          operations.push({ op: 'set', id: item['id'], values });
        });
        for (const values of added) {
          whole.push(values);
          operations.push({ op: 'add', values });
        }
        // An entry without an id stands for the item at its position; the new ones must not.
        fc.pre(whole.length === 0 || added.length === 0 || whole.length - added.length >= before.length);
        const byList = merge(before, whole);
        const byOperations = merge(before, operations);
        if (operations.length === 0) expect(linesOf(byList)).toEqual(before);
        else expect(linesOf(byOperations)).toEqual(linesOf(byList));
        const refused = ({ rejected }: MergedFields) => rejected.map(({ field, issues }) => [field, issues]);
        expect(refused(byOperations).sort()).toEqual(refused(byList).sort());
      }),
      { numRuns: 100, seed },
    );
  });

  it('are the same in the other direction: the list that operations lead to leads to itself', () => {
    const operation = fc.oneof(
      fc.record({ op: fc.constant('add'), values: value }),
      fc.record({
        op: fc.constantFrom('set', 'remove'),
        id: fc.constantFrom('3-1', '3-2', '3-4', '8-8'),
        values: value,
      }),
    );
    fc.assert(
      fc.property(groups, fc.array(operation, { maxLength: 8 }), (before, operations) => {
        const after = linesOf(merge(before, operations));
        expect(linesOf(merge(after as Item[], after))).toEqual(after);
        const renamed = (items: Json | undefined) =>
          itemsOf(items).map(({ id, values }) => [
            id.startsWith('7-') ? 'new' : id,
            Object.fromEntries(values),
          ]);
        expect(renamed(linesOf(merge(before, after)))).toEqual(renamed(after));
      }),
      { numRuns: 100, seed },
    );
  });
});
