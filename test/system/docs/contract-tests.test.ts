import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { loadDefinitions } from '../../../server/definitions/load-definitions.ts';
import { describeEnvironment } from '../../../server/settings/read-environment.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { oncePerRun } from '../../support/once-per-run.ts';
import { startTestServer } from '../../support/running-server.ts';
import { runTsc } from '../../support/compile.ts';
import { packClient, unpackedIn } from '../package/pack-client.ts';
import { installTurnkeeper } from '../package/pack-turnkeeper.ts';
import { runTool } from '../tools/run-tool.ts';
import { blockAfter, filesIn, readPage, writeFiles } from './page.ts';
import { runNode } from '../../support/child-program.ts';

// The file compiles programs, and runs vitest in a child process.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 900_000 });

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const page = await readPage('contract-tests.md');

/** Creates the page's project, with the packed packages that `npm install` puts there. */
async function followThePage() {
  const project = await installTurnkeeper([
    ...['vitest', '@types/node'],
    ...['@trpc/client', 'eventsource-parser', 'superjson'],
  ]);
  const client = await oncePerRun('packed-client', (dir) => packClient(checkout, dir));
  await cp(unpackedIn(client), join(project.dir, 'node_modules/@turnkeeper/client'), { recursive: true });
  await writeFiles(project.dir, filesIn(page));
  return project;
}

let project: Awaited<ReturnType<typeof followThePage>>;
beforeAll(async () => {
  project = await followThePage();
});
afterAll(() => project[Symbol.asyncDispose]());

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

/** Runs the page's tests with vitest, and returns each result, with the reason of a failure. */
async function runTests(env: Record<string, string>): Promise<string[]> {
  const vitest = join(checkout, 'node_modules/vitest/vitest.mjs');
  const { stdout, stderr } = await runNode([vitest, 'run', '--reporter=json'], { cwd: project.dir, env });
  if (!stdout.startsWith('{')) throw new Error(stdout + stderr);
  const { testResults } = reportSchema.parse(JSON.parse(stdout));
  return testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message === '' ? [] : [`${name}: ${message}`]),
    ...assertionResults.map(({ fullName, status, failureMessages }) =>
      [status, fullName, ...failureMessages].join(': '),
    ),
  ]);
}

async function serveTheWorkflow() {
  const loaded = await loadDefinitions(join(project.dir, 'workflows'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return startTestServer({
    definitions: loaded.definitions,
    agent: createGuidedAgent({ clock: systemClock }),
  });
}

describe('the page on contract tests', () => {
  it('shows a project that compiles', async () => {
    const { stdout } = await runTsc([], project.dir);
    expect(stdout).toBe('');
  });

  it('shows tests that pass, in memory, in Redis and against a real server', async () => {
    await using server = await serveTheWorkflow();
    const outcomes = await runTests({ TURNKEEPER_URL: server.url, REDIS_URL: inject('redisUrl') });
    expect(outcomes.filter((outcome) => !outcome.startsWith('passed: '))).toEqual([]);
    const ofTheAgent = outcomes.filter((outcome) => outcome.startsWith('passed: the reader: '));
    expect(ofTheAgent.length).toBeGreaterThan(6);
    const written = filesIn(page).flatMap(({ code }) => [...code.matchAll(/^ *it\('?"?(.*?)['"],/gm)]);
    const anywhere = outcomes.filter((outcome) => /, (in Redis|on http:)/.test(outcome));
    expect(anywhere.length).toBeGreaterThan(6);
    expect(anywhere.filter((outcome) => outcome.includes(server.url))).toHaveLength(anywhere.length / 2);
    expect(outcomes).toHaveLength(written.length + anywhere.length + ofTheAgent.length);
  });

  it('shows tests that fail for another workflow', async () => {
    const path = join(project.dir, 'workflows/expenses.ts');
    const workflow = await readFile(path, 'utf8');
    try {
      await writeFile(path, workflow.replace('amount > 500', 'amount > 600'));
      const failed = (await runTests({})).filter((outcome) => outcome.startsWith('failed: '));
      expect(failed).toEqual([expect.stringContaining('asks for an approver above 500 euros')]);
    } finally {
      await writeFile(path, workflow);
    }
  });

  it('says truly what a replay prints, when all agrees and when something differs', async () => {
    const path = join(project.dir, 'workflows/expenses.ts');
    const workflow = await readFile(path, 'utf8');
    const replay = async () => {
      const env = { WORKFLOWS_DIR: join(project.dir, 'workflows'), REDIS_URL: inject('redisUrl') };
      const { exitCode, stdout } = await runTool('replay', { args: [join(project.dir, 'replay')], env });
      return { exitCode, printed: stdout.replaceAll(`${project.dir}/`, '') };
    };
    expect(await replay()).toEqual({ exitCode: 0, printed: blockAfter(page, 'all agree') });
    try {
      expect(page).toContain("With the amount's `.max(10_000)` left out");
      await writeFile(path, workflow.replace('.max(10_000)', ''));
      expect(await replay()).toEqual({ exitCode: 1, printed: blockAfter(page, 'one differs') });
    } finally {
      await writeFile(path, workflow);
    }
  });
});

describe('its tables', () => {
  const rowsOf = (heading: string) => {
    const table = page.slice(page.indexOf(`| ${heading} |`)).split('\n\n')[0] ?? '';
    return table.split('\n').slice(2);
  };
  const namesIn = (rows: readonly string[]) =>
    rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)/g)].map(([, name]) => name));

  it('list every option of the test caller, and no other', async () => {
    const source = await readFile(join(checkout, 'server/testing/create-test-caller.ts'), 'utf8');
    const options = /^export interface TestCallerOptions<[\s\S]*?^}/m.exec(source)?.[0] ?? '';
    const declared = [...options.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
    expect(declared).toContain('clock');
    expect(namesIn(rowsOf('option')).sort()).toEqual(declared.sort());
  });

  it('say truly that those options default to what the server does', async () => {
    const source = await readFile(join(checkout, 'server/testing/create-test-caller.ts'), 'utf8');
    const settings = new Map(
      describeEnvironment().map((setting) => [setting.name.replaceAll('_', ''), setting.default]),
    );
    const names = namesIn(rowsOf('option').filter((row) => row.includes("| as the server's |")));
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const preset = new RegExp(`@default (\\d+) \\*/\\n  readonly ${name ?? ''}\\?`).exec(source)?.[1];
      const setting =
        settings.get(name?.toUpperCase() ?? '') ?? settings.get(`WORKFLOW${name?.toUpperCase() ?? ''}`);
      expect(preset, name).toBeDefined();
      expect(preset, name).toBe(setting);
    }
  });

  it('list everything that the test caller returns', async () => {
    await using test = await createTestCaller({ definitions: [] });
    expect(namesIn(rowsOf('result')).sort()).toEqual(Object.keys(test).sort());
  });

  it('name suites that are there', () => {
    const suites = rowsOf('stand-in').flatMap((row) => [...row.matchAll(/`(test\/[\w./-]+)`/g)]);
    expect(suites.length).toBeGreaterThan(3);
    expect(
      suites.map(([, suite = '']) => suite).filter((suite) => !existsSync(join(checkout, suite))),
    ).toEqual([]);
  });
});
