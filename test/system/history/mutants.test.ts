import { describe, expect, it } from 'vitest';
import { bundledProgram } from '../../support/bundled-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { buildMutant, mutants } from './mutants.ts';
import { reportViolations } from './report-violations.ts';
import { runScenarios } from './run-scenarios.ts';
import { oldTurnAgain, scenarios, twoAtOnce } from './scenarios.ts';
import { serverProgram } from './stage.ts';

const timeoutMs = 180_000;

// Each test has a Redis and servers of its own, and mostly waits for leases to expire.
describe.concurrent('the history checker finds nothing wrong with the product', () => {
  it.each([
    ['as it is', scenarios.filter(({ settings }) => settings === undefined)],
    ['and where a turn has left the transcript', [oldTurnAgain]],
    ['and where two turns meet', [twoAtOnce]],
  ])(
    'in the scenarios of the mutants, %s',
    async (_how, played) => {
      const { history, violations } = await runScenarios(played, await bundledProgram(serverProgram));
      expect(violations, reportViolations(0, history, violations)).toEqual([]);
    },
    timeoutMs,
  );
});

describe.concurrent('the history checker reports the product', () => {
  it.each(mutants)(
    'without $without',
    async (mutant) => {
      await using folder = await temporaryFolder();
      const program = await buildMutant(mutant, folder.path);
      const { violations } = await runScenarios([mutant.scenario], program);
      const reporting = new Set(violations.map(({ check }) => check));
      expect([...reporting]).toEqual(expect.arrayContaining([...mutant.reportedBy]));
    },
    timeoutMs,
  );
});
