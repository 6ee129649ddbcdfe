import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../tools/summarize-test-report.mjs', import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'turnkeeper-report-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function summary(...reports: (object | null)[]) {
  const paths = reports.map((_report, index) => join(dir, `report-${index}.json`));
  for (const [index, path] of paths.entries())
    if (reports[index] === null) await rm(path, { force: true });
    else await writeFile(path, JSON.stringify(reports[index]));
  const { status, stdout } = spawnSync(process.execPath, [script, ...paths], { encoding: 'utf8' });
  return { status, stdout };
}

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

it('counts what passed', async () => {
  const report = {
    success: true,
    numPassedTests: 12,
    numFailedTests: 0,
    testResults: [file('passed', 'passed')],
  };
  expect(await summary(report)).toEqual({ status: 0, stdout: '12 passed, 0 failed\n' });
});

it('fails when a test failed', async () => {
  const report = {
    success: false,
    numPassedTests: 3,
    numFailedTests: 2,
    testResults: [file('failed', 'failed')],
  };
  expect(await summary(report)).toEqual({ status: 1, stdout: '3 passed, 2 failed\n' });
});

it('counts a file that could not run at all as a failure', async () => {
  const report = { success: false, numPassedTests: 3, numFailedTests: 0, testResults: [file('failed')] };
  expect(await summary(report)).toEqual({ status: 1, stdout: '3 passed, 1 failed\n' });
});

it('fails when the run itself failed, though no test did', async () => {
  const report = { success: false, numPassedTests: 3, numFailedTests: 0, testResults: [] };
  expect(await summary(report)).toEqual({ status: 1, stdout: '3 passed, 1 failed\n' });
});

it('fails when nothing ran, or there is no report', async () => {
  const empty = { success: true, numPassedTests: 0, numFailedTests: 0, testResults: [] };
  expect(await summary(null)).toEqual({ status: 1, stdout: '0 passed, 1 failed\n' });
  expect(await summary(empty)).toEqual({ status: 1, stdout: '0 passed, 0 failed\n' });
});

it('adds up several runs, and fails when one of them failed, ran nothing or left no report', async () => {
  const run = {
    success: true,
    numPassedTests: 3,
    numFailedTests: 0,
    testResults: [file('passed', 'passed')],
  };
  const failed = { ...run, success: false, numFailedTests: 1, testResults: [file('failed', 'failed')] };
  expect(await summary(run, run)).toEqual({ status: 0, stdout: '6 passed, 0 failed\n' });
  expect(await summary(run, failed)).toEqual({ status: 1, stdout: '6 passed, 1 failed\n' });
  expect(await summary({ ...run, numPassedTests: 0 }, run)).toEqual({
    status: 1,
    stdout: '3 passed, 0 failed\n',
  });
  expect(await summary(run, null)).toEqual({ status: 1, stdout: '3 passed, 1 failed\n' });
  expect(await summary()).toEqual({ status: 1, stdout: '0 passed, 0 failed\n' });
});
