import { describe, expect, it } from 'vitest';
import { measure } from './measure.ts';
import { reportViolations } from './report-violations.ts';
import { runSeed } from './run-seed.ts';

/** The same every time, so that a failure is about what changed; `npm run soak` takes seeds that nobody has tried. */
const seeds = [1, 2, 3];
const durationMs = 6_000;

describe('under faults, what servers answer and what they store agree (I1 to I8)', () => {
  it.each(seeds)(
    'with seed %i',
    async (seed) => {
      const { history, violations } = await runSeed({ seed, durationMs });
      expect(violations, reportViolations(seed, history, violations)).toEqual([]);
      // A run in which nothing happened would prove nothing.
      const { turns, faults } = measure(history);
      expect(turns).toBeGreaterThan(5);
      expect(Object.keys(faults).length).toBeGreaterThan(3);
    },
    60_000,
  );
});
