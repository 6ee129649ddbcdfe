import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { Model, Step } from './explore.ts';

/** A model whose states are numbers; the steps from each lead to the named ones. */
function modelOf(
  ways: Record<number, readonly number[]>,
  rest: number,
  faults: readonly string[] = [],
): Model<number> {
  return {
    initial: 0,
    stepsFrom: (state) =>
      (ways[state] ?? []).map((next): Step<number> => {
        const label = `${state} to ${next}`;
        return { label, next, isFault: faults.includes(label) };
      }),
    keyOf: String,
    faultIn: (state) => (state < 0 ? 'negative' : null),
    isAtRest: (state) => state === rest,
  };
}

const labels = (model: Model<number>): string[] | undefined =>
  explore(model).counterexample?.path.map(({ label }) => label);

describe('the explorer', () => {
  test('visits every state that can be reached, once', () => {
    const model = modelOf({ 0: [1, 2], 1: [3], 2: [3], 3: [0], 4: [-1] }, 3);
    expect(explore(model)).toEqual({ states: 4, transitions: 5, depth: 2, counterexample: null });
  });

  test('returns the shortest path to a fault', () => {
    expect(labels(modelOf({ 0: [1, 4], 1: [2], 2: [-1], 4: [-1] }, 0))).toEqual(['0 to 4', '4 to -1']);
  });

  test('returns the shortest path to a state without a path to rest', () => {
    const model = modelOf({ 0: [1, 5], 1: [2], 2: [3], 3: [2] }, 5);
    expect(explore(model).counterexample?.fault).toBe('from here nothing leads to rest');
    expect(labels(model)).toEqual(['0 to 1']);
  });

  test('does not rely on a fault to come to rest', () => {
    expect(labels(modelOf({ 0: [1], 1: [2] }, 2, ['1 to 2']))).toEqual([]);
  });
});
