import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonEquals, mergeFields } from '../../../server/domain/merge-fields.ts';
import { idsOfTurn } from '../../../server/domain/merge-group.ts';
import type { MergedFields } from '../../../server/domain/merge-fields.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { deepFreeze, leave, leaveFields, workflowOfSteps } from './domain-samples.ts';

const merge = (before: Record<string, Json>, data: Record<string, Json>): MergedFields =>
  mergeFields(leave, deepFreeze(before), new Map(Object.entries(data)), { ids: idsOfTurn(1) });

describe('a valid value', () => {
  it('is taken over whichever step its field belongs to', () => {
    const merged = merge({}, { colleague: 'Ada', days: 2 });
    expect(merged.collected).toEqual({ colleague: 'Ada', days: 2 });
    expect(merged.changed).toEqual({ colleague: 'Ada', days: 2 });
  });

  it('replaces an earlier one, and leaves the others alone', () => {
    const merged = merge(leaveFields, { days: 4 });
    expect(merged.collected).toEqual({ ...leaveFields, days: 4 });
    expect(merged.changed).toEqual({ days: 4 });
  });

  it('is no change when it says what is known already', () => {
    expect(merge(leaveFields, leaveFields).changed).toEqual({});
  });

  it('is stored as its schema leaves it', () => {
    const workflow = workflowOfSteps([
      { id: 'only', title: 'Only', collects: z.object({ name: z.string().trim() }) },
    ]);
    expect(mergeFields(workflow, {}, new Map([['name', '  Ada ']]), { ids: idsOfTurn(1) }).collected).toEqual(
      {
        name: 'Ada',
      },
    );
  });
});

describe('null', () => {
  it('clears a field', () => {
    const merged = merge(leaveFields, { days: null });
    expect(merged.collected).toEqual({ from: leaveFields.from });
    expect(merged.changed).toEqual({ days: null });
  });

  it('is no change for a field that was never collected', () => {
    expect(merge({}, { days: null })).toEqual({ collected: {}, changed: {}, rejected: [], ignored: [] });
  });
});

describe('a value that may not enter the state (I10)', () => {
  it('is rejected with its issues when its schema refuses it, and the earlier value stays', () => {
    const merged = merge(leaveFields, { days: 'three', from: 'soon' });
    expect(merged.collected).toEqual(leaveFields);
    expect(merged.changed).toEqual({});
    expect(merged.rejected.map(({ field }) => field)).toEqual(['days', 'from']);
    for (const { issues } of merged.rejected) expect(issues.join()).toMatch(/\S/);
  });

  it('is ignored when no step declares its field', () => {
    const merged = merge({}, { shoeSize: 44, days: 1 });
    expect(merged.collected).toEqual({ days: 1 });
    expect(merged.ignored).toEqual(['shoeSize']);
  });

  it('does not keep the good ones beside it from being taken over', () => {
    expect(merge({}, { days: 0, from: '2030-05-01' }).collected).toEqual({ from: '2030-05-01' });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'is ignored under the name %s',
    (name) => {
      const merged = mergeFields(leave, {}, new Map([[name, { polluted: true }]]), { ids: idsOfTurn(1) });
      expect(merged.ignored).toEqual([name]);
      expect(merged.collected).toEqual({});
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  );

  it('names where in a nested value the fault is', () => {
    const workflow = workflowOfSteps([
      {
        id: 'only',
        title: 'Only',
        collects: z.object({ address: z.object({ city: z.string() }) }),
      },
    ]);
    const merged = mergeFields(workflow, {}, new Map([['address', { city: 7 }]]), { ids: idsOfTurn(1) });
    expect(merged.rejected[0]?.issues[0]).toMatch(/^city: /);
  });
});

describe('equality of JSON values', () => {
  it.each<[Json, Json]>([
    [
      { a: 1, b: [1, { c: null }] },
      { b: [1, { c: null }], a: 1 },
    ],
    [[], []],
    ['', ''],
  ])('holds for %j and %j', (left, right) => {
    expect(jsonEquals(left, right)).toBe(true);
  });

  it.each<[Json, Json]>([
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ 0: 'a' }, ['a']],
    [{}, []],
    [null, {}],
    ['1', 1],
    [0, false],
  ])('fails for %j and %j', (left, right) => {
    expect(jsonEquals(left, right)).toBe(false);
    expect(jsonEquals(right, left)).toBe(false);
  });
});
