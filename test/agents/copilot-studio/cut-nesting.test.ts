import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutNesting } from '../../../server/agents/copilot-studio/cut-nesting.ts';

/** The same, done to the value. */
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

  it('puts null in place of what is deeper, and leaves the rest', () => {
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
