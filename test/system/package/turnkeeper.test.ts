import { randomUUID } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publint } from 'publint';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startNode } from '../../support/child-program.ts';
import { post } from '../../support/post.ts';
import { inBrowser } from '../browser/support/in-browser.ts';
import { filesIn, readPage, writeFiles } from '../docs/page.ts';
import { compile, ways } from './compile.ts';
import { documentedExports } from './documented-exports.ts';
import { installTurnkeeper } from './pack-turnkeeper.ts';
import type { TurnkeeperProject } from './pack-turnkeeper.ts';

const tsx = import.meta.resolve('tsx');
const page = await readPage('embedding.md');

// Packing builds everything, and is done once for all files.
vi.setConfig({ hookTimeout: 900_000 });

let stranger: TurnkeeperProject;
beforeAll(async () => {
  stranger = await installTurnkeeper([
    'express',
    '@types/express',
    '@types/node',
    'superjson',
    '@trpc/server',
  ]);
  await writeFiles(stranger.dir, filesIn(page));
});
afterAll(() => stranger[Symbol.asyncDispose]());

const declarationsOf = (entry: string) => join(stranger.packageDir, `dist/types/${entry}.d.ts`);
const namesOf = (entry: string) =>
  documentedExports(declarationsOf(entry))
    .map(({ name }) => name)
    .sort();

/** Starts one of the page's programs, on a free port; use with `await using`. */
async function start(name: string) {
  const program = startNode(['--import', tsx, name], {
    cwd: stranger.dir,
    env: { PORT: '0', REDIS_URL: inject('redisUrl') },
  });
  const [, url, port] = await program.hasPrinted(/ready at (?:(http:\S+)|.*port: (\d+))/s);
  return {
    program,
    url: url ?? `http://127.0.0.1:${port ?? ''}`,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

const turn = (text: string, conversationId: string = randomUUID()) => ({
  conversationId,
  workflowId: 'expenses',
  input: { type: 'text', text },
});

describe('the packed package', () => {
  it('holds the build, the chat page and the declarations, and no test or source', async () => {
    const files = await readdir(stranger.packageDir, { recursive: true, encoding: 'utf8' });
    expect(files).toContain('dist/apps/chat/dist/index.html');
    expect(files).toContain('dist/server/redis/scripts/commit-conversation-10.lua');
    const sources = files.filter(
      (name) => /(?<!\.d)\.tsx?$/.test(name) || /\.test\.|(^|\/)test\//.test(name),
    );
    expect(sources).toEqual([]);
    const entries = await readdir(stranger.packageDir);
    expect(entries.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
    expect((await readdir(join(stranger.packageDir, 'dist'))).sort()).toEqual([
      ...['apps', 'cli', 'contract', 'server', 'types', 'workflows'],
    ]);
  });

  it('passes publint', async () => {
    const { messages } = await publint({ pkgDir: stranger.packageDir, strict: true, level: 'warning' });
    expect(messages).toEqual([]);
  });

  it('exports the documented names, and no others', () => {
    expect(
      Object.fromEntries(['index', 'workflows', 'agents', 'testing'].map((entry) => [entry, namesOf(entry)])),
    ).toMatchInlineSnapshot(`
      {
        "agents": [
          "Activity",
          "Agent",
          "AgentCallOptions",
          "AgentFailure",
          "AgentFailureOutcome",
          "AgentInput",
          "AgentRequest",
          "AnswerEnd",
          "Briefing",
          "TokenUsage",
          "TranscriptTurn",
        ],
        "index": [
          "AgentOptions",
          "Authenticate",
          "Caller",
          "ContextWithHeaders",
          "EventLogger",
          "FailureReason",
          "IssuerOptions",
          "ListenOptions",
          "Observer",
          "OptionFault",
          "OptionsError",
          "SettingOptions",
          "Turnkeeper",
          "TurnkeeperError",
          "TurnkeeperEvent",
          "TurnkeeperOptions",
          "WorkflowCaller",
          "WorkflowDefinition",
          "WorkflowRouter",
          "createTurnkeeper",
          "defineWorkflow",
          "errorFormatter",
          "isTurnkeeperError",
          "z",
        ],
        "testing": [
          "Agent",
          "AgentCallOptions",
          "AgentFailure",
          "AgentRequest",
          "FailureReason",
          "LiveEvent",
          "ManualClock",
          "ScriptedAgent",
          "ScriptedAnswer",
          "ScriptedReply",
          "ShownLive",
          "TestCallerOptions",
          "TurnkeeperError",
          "TurnkeeperEvent",
          "createTestCaller",
          "isTurnkeeperError",
        ],
        "workflows": [
          "BudgetDefinition",
          "CardsDefinition",
          "CollectedFields",
          "Json",
          "StepDefinition",
          "StoredFields",
          "WorkflowDefinition",
          "defineWorkflow",
          "z",
        ],
      }
    `);
  });

  it.each(['index', 'agents'])('documents every export of %s', (entry) => {
    const without = documentedExports(declarationsOf(entry)).filter(({ comment }) => comment === '');
    expect(without.map(({ name }) => name).filter((name) => name !== 'z')).toEqual([]);
  });

  it('names in its declarations only packages that it needs, and nothing of Redis', async () => {
    const folder = join(stranger.packageDir, 'dist/types');
    const imported = new Set<string>();
    for (const file of await readdir(folder)) {
      const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(
        await readFile(join(folder, file), 'utf8'),
      );
      for (const { fileName } of [...importedFiles, ...typeReferenceDirectives])
        if (!fileName.startsWith('./')) imported.add(fileName);
    }
    expect([...imported].filter((name) => !/^(zod|node:http|@trpc\/server(\/.*)?)$/.test(name))).toEqual([]);
  });
});

describe("the page's programs, in a stranger's project", () => {
  const readAll = () => Object.fromEntries(filesIn(page).map(({ name, code }) => [name, code]));
  const forNode: ts.CompilerOptions = {
    allowImportingTsExtensions: true,
    types: ['node'],
    skipLibCheck: false,
  };
  // The strictest options resolve as Node does.
  const resolutions = ['as a bundler resolves', 'with the strictest options'] as const;

  it.each(resolutions)('compile %s', (way) => {
    expect(compile(stranger.dir, readAll(), { ...ways[way], ...forNode })).toBe('');
  });

  it('would not compile with a wrong step, field or workflow id', () => {
    const files = readAll();
    const wrong = (from: string, to: string): string => {
      const job = files['job.ts'] ?? '';
      expect(job).toContain(from);
      return job.replace(from, to);
    };
    const errors = compile(
      stranger.dir,
      {
        ...files,
        'wrong-step.ts': wrong('progress.currentStep)', "progress.currentStep === 'confrim')"),
        'wrong-field.ts': wrong('collected.amount', 'collected.amuont'),
        'wrong-workflow.ts': wrong("workflowId: 'expenses'", "workflowId: 'expences'"),
      },
      { ...ways['as Node resolves'], ...forNode },
    );
    expect(errors).toContain('TS2367');
    expect(errors).toContain("'amuont' does not exist");
    expect(errors).toContain('"expences"');
  });

  it('serve the API and the page on a port of their own', async () => {
    await using server = await start('server.ts');
    expect((await post(server.url, 'workflow.turn', turn('amount: 12.50'))).data).toMatchObject({
      turn: { collected: { amount: 12.5 } },
    });
    expect(await (await fetch(server.url)).text()).toContain('<title>Turnkeeper</title>');
    server.program.signal('SIGTERM');
    expect((await server.program.ended).exitCode).toBe(0);
  });

  it(
    "play a conversation with an own agent and sign-in, under an express application's path",
    inBrowser(async ({ open, keep }) => {
      const server = keep(await start('express-app.ts'));
      expect(await (await fetch(server.url)).text()).toBe('the application');
      const url = `${server.url}/assist`;
      const ada = { authorization: 'Bearer secret-of-ada' };
      const { conversationId } = turn('');
      expect((await post(url, 'workflow.turn', turn('hello', conversationId))).error?.data.reason).toBe(
        'UNAUTHENTICATED',
      );
      const first = await post(url, 'workflow.turn', turn('hello', conversationId), ada);
      expect(first.data).toMatchObject({ messages: [{ text: 'How much was it?' }] });
      const second = await post(url, 'workflow.turn', turn('12.50', conversationId), ada);
      expect(second.data).toMatchObject({
        turn: { number: 2, collected: { amount: 12.5 } },
        progress: { currentStep: 'confirm' },
      });
      const chat = await open(url, { headers: ada });
      await chat.start('Expenses');
      await chat.page.getByText('How much was it?').first().waitFor();
    }),
  );

  it('nest the procedures in a tRPC router, with its own context', async () => {
    await using server = await start('trpc-app.ts');
    const ada = { 'x-session': 'ada' };
    expect((await post(server.url, 'workflow.turn', turn('12.50'), ada)).status).toBe(200);
    const refused = await post(server.url, 'workflow.turn', turn('12.50'));
    expect([refused.status, refused.error?.data.reason]).toEqual([401, 'UNAUTHENTICATED']);
    const whoami = await fetch(`${server.url}/trpc/whoami`, { headers: ada });
    expect(await whoami.json()).toEqual({ result: { data: { json: 'ada' } } });
  });

  it('call in process, and end once they have closed', async () => {
    await using program = startNode(['--import', tsx, 'job.ts'], {
      cwd: stranger.dir,
      env: { REDIS_URL: inject('redisUrl') },
    });
    expect(await program.ended).toEqual({ exitCode: 0, stdout: '12.5 confirm\n', stderr: '' });
  });
});

describe('the command of the package', () => {
  const turnkeeper = (...args: string[]) =>
    startNode([join(stranger.packageDir, 'dist/cli/main.js'), ...args], {
      cwd: stranger.dir,
      env: { PORT: '0', REDIS_URL: inject('redisUrl'), WORKFLOWS_DIR: 'workflows' },
    });

  it('says what it can do, and what version it is', async () => {
    await using help = turnkeeper('--help');
    expect((await help.ended).stdout).toMatch(/^Usage: turnkeeper <command>\n\n {2}start /);
    await using version = turnkeeper('--version');
    expect((await version.ended).stdout.trim()).toBe(stranger.manifest.version);
    await using unknown = turnkeeper('strat');
    expect(await unknown.ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no command strat') as string,
    });
  });

  it("starts a server with the definitions of the project's folder", async () => {
    const expenses = (filesIn(page).find(({ name }) => name === 'expenses.ts')?.code ?? '').replace(
      'export const expenses =',
      'export default',
    );
    await writeFiles(stranger.dir, [{ name: 'workflows/expenses.ts', code: expenses }]);
    await using server = turnkeeper('start');
    const [, url = ''] = await server.hasPrinted(/listens on (\S+)/);
    expect((await post(url, 'workflow.turn', turn('amount: 12.50'))).data).toMatchObject({
      turn: { collected: { amount: 12.5 } },
    });
    server.signal('SIGTERM');
    expect((await server.ended).exitCode).toBe(0);
  });
});

it('is packed with a manifest that names no workspace file as an entry', async () => {
  const text = await readFile(join(stranger.packageDir, 'package.json'), 'utf8');
  const { exports } = JSON.parse(text) as { exports: object };
  expect(JSON.stringify(exports).replaceAll('.d.ts', '')).not.toContain('.ts"');
  await writeFile(join(stranger.dir, 'private.mjs'), "await import('turnkeeper/dist/server/compose.js');");
  await using program = startNode(['private.mjs'], { cwd: stranger.dir });
  expect((await program.ended).stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
