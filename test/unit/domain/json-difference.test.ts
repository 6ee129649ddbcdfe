import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { applyDifference, differenceOf } from '../../../server/domain/json-difference.ts';
import { seededRandom } from '../../system/history/random.ts';
import { randomObject } from './random-json.ts';

const seed = Number(process.env['STORED_SEED'] ?? randomInt(2 ** 31));

describe('the difference of two objects', () => {
  it('is null for equal ones, whatever the order of their members', () => {
    expect(differenceOf({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBeNull();
  });

  it('names only members that differ, also inside of others, and those that are gone', () => {
    const before = { same: 1, changed: 'a', gone: true, inner: { same: [1], changed: [1, 2] } };
    const after = { same: 1, changed: 'b', added: null, inner: { same: [1], changed: [1] } };
    expect(differenceOf(before, after)).toEqual({
      changed: ['b'],
      added: [null],
      gone: 0,
      inner: { changed: [[1]] },
    });
  });

  it('takes a member that is undefined for absent, on both sides', () => {
    expect(differenceOf({ a: undefined, b: 1 }, { b: 1, c: undefined })).toBeNull();
    expect(differenceOf({ a: undefined }, { a: 1 })).toEqual({ a: [1] });
    expect(differenceOf({ a: 1 }, { a: undefined })).toEqual({ a: 0 });
  });

  it('tells an object from a list and from null', () => {
    for (const [left, right] of [
      [{ a: {} }, { a: [] }],
      [{ a: null }, { a: {} }],
      [{ a: [] }, { a: null }],
    ] as const) {
      const difference = differenceOf(left, right);
      expect(applyDifference(left, difference ?? {})).toEqual(right);
    }
  });

  it('keeps a member named __proto__ a member', () => {
    const after: object = JSON.parse('{"__proto__":{"admin":true},"a":1}') as object;
    const read = applyDifference({ a: 1 }, JSON.parse(JSON.stringify(differenceOf({ a: 1 }, after))));
    expect(JSON.stringify(read)).toContain('"__proto__":{"admin":true}');
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  it.each([null, [], 'x', { a: 1 }, { a: [] }, { a: [1, 2] }, { a: { b: [1] } }, { a: 'x' }])(
    'is not %j, which can not be applied',
    (difference) => {
      expect(() => applyDifference({ a: 1 }, difference)).toThrow(TypeError);
    },
  );

  it(`applied to the one gives the other, for any two (STORED_SEED=${seed})`, () => {
    const random = seededRandom(seed);
    for (let count = 0; count < 2_000; count += 1) {
      const before = randomObject(random);
      // Every other pair has members in common.
      const after = count % 2 === 0 ? randomObject(random) : { ...before, ...randomObject(random) };
      const stored: unknown = JSON.parse(JSON.stringify(differenceOf(before, after) ?? {}));
      expect(applyDifference(before, stored), `STORED_SEED=${seed}, pair ${count}`).toEqual(after);
    }
  });
});
