import { describe, expect, it } from 'vitest';
import { bundledProgram } from '../../support/bundled-program.ts';
import { commitsOf } from './commits.ts';
import { measure } from './measure.ts';
import { reportViolations } from './report-violations.ts';
import { runSeed } from './run-seed.ts';
import { serverProgram } from './stage.ts';

/** Fixed seeds, so that a failure is due to a change; `npm run soak` uses new ones. */
const seeds = [1, 2, 3];
const durationMs = 4_000;
/** The least number of turns, replays and commits: a run in which little happens proves little. */
const leastOfEach = 45;

describe("under faults, the servers' answers and the stored data agree (I1 to I8)", () => {
  it.each(seeds)(
    'with seed %i',
    async (seed) => {
      const program = await bundledProgram(serverProgram);
      const { history, violations } = await runSeed({ seed, durationMs, leastOfEach, program });
      expect(violations, reportViolations(seed, history, violations)).toEqual([]);
      const { turns, replays, faults } = measure(history);
      const commits = commitsOf(history).length;
      expect(Math.min(turns, replays, commits)).toBeGreaterThan(leastOfEach);
      const forms = history.calls.flatMap(({ request, outcome }) =>
        request.op === 'turn' && outcome.kind === 'answered' ? [request.form] : [],
      );
      expect(new Set(forms)).toEqual(new Set(['words', 'data', 'quiet data', 'undo']));
      expect(Object.keys(faults).length).toBeGreaterThan(5);
    },
    300_000,
  );
});
