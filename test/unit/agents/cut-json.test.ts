import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutNesting, cutWidth } from '../../../server/agents/cut-json.ts';

/** Prunes the parsed value, as the reference for the text's cut. */
function pruned(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((item) => pruned(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pruned(item, levels - 1)]));
}

describe('Cutting the nesting of a JSON text', () => {
  it('leaves what is within the bound as it is, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        expect(cutNesting(json, 20)).toBe(json);
      }),
    );
  });

  it('replaces deeper values by null, and leaves the rest', () => {
    const brackets = fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', 'a', '🙂') });
    const deep = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'large', withCrossShrink: true },
        brackets,
        fc.integer(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(brackets, tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(deep.value, fc.nat({ max: 6 }), fc.boolean(), (value, levels, isSpaced) => {
        const json = JSON.stringify(value, null, isSpaced ? 2 : undefined);
        const expected = JSON.parse(JSON.stringify(pruned(JSON.parse(json), levels))) as unknown;
        expect(JSON.parse(cutNesting(json, levels))).toEqual(expected);
      }),
    );
  });

  it.each(['{"a":[[[', '[[1]', '{"a":"[[[', '"\\', '[[[[', '{"a":[[[1]]', ''])(
    'makes no JSON of what is none: %j',
    (broken) => {
      for (const levels of [1, 2, 3])
        expect(() => JSON.parse(cutNesting(broken, levels)) as unknown).toThrow();
    },
  );
});

/** Counts the values in a value, itself included. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countOf(item), 1);
}

describe('Cutting the width of a JSON text', () => {
  it('leaves what is within the bound as it is, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        expect(cutWidth(json, 10_000)).toBe(json);
      }),
    );
  });

  it('leaves JSON of a bounded number of values, of which every one was there', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.integer({ min: 1, max: 12 }), (json, values) => {
        const cut: unknown = JSON.parse(cutWidth(json, values));
        expect(countOf(cut)).toBeLessThanOrEqual(2 + 3 * values);
        expect(isWithin(cut, JSON.parse(json))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  /** Returns whether one value is the other one with parts left out. */
  function isWithin(part: unknown, whole: unknown): boolean {
    if (typeof part !== 'object' || part === null) return part === null || Object.is(part, whole);
    if (typeof whole !== 'object' || whole === null) return false;
    return Object.entries(part).every(([key, item]) => isWithin(item, Reflect.get(whole, key)));
  }

  it('cuts one member short, and keeps the ones after it', () => {
    const wide = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, index]));
    const cut = cutWidth(JSON.stringify({ value: wide, text: 'Hello, "you"' }), 5);
    expect(JSON.parse(cut)).toEqual({ value: { k0: 0, k1: 1, k2: 2, k3: 3 }, text: 'Hello, "you"' });
  });

  it('cuts the outermost object itself, where it has too many members', () => {
    expect(JSON.parse(cutWidth('{"a":1,"b":2,"c":[3],"d":4}', 2))).toEqual({ a: 1, b: 2 });
  });

  it.each(['{"a":[1,2,3,4', '[1,2,3,4,5', '{"a":1,"b":2,"c":3,"d":"', ''])(
    'makes no JSON of what is none: %j',
    (broken) => {
      for (const values of [1, 2, 3]) expect(() => JSON.parse(cutWidth(broken, values)) as unknown).toThrow();
    },
  );
});
