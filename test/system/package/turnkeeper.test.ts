import { randomUUID } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { runNode, startNode } from '../../support/child-program.ts';
import { post } from '../../support/post.ts';
import { inBrowser } from '../browser/support/in-browser.ts';
import { compilePrograms, compiled, filesIn, readPage, writeFiles } from '../docs/page.ts';
import { compile, ways } from '../../support/compile.ts';
import type { CompilerOptions } from '../../support/compile.ts';
import { documentedExports, referencesIn } from './documented-exports.ts';
import { installTurnkeeper } from './pack-turnkeeper.ts';
import type { TurnkeeperProject } from './pack-turnkeeper.ts';

const tsx = import.meta.resolve('tsx');
const page = await readPage('embedding.md');
const clerk = filesIn(await readPage('agents.md'));

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
  await writeFiles(stranger.dir, [...filesIn(page), ...clerk]);
  await compilePrograms(stranger.dir, filesIn(page));
});
afterAll(() => stranger[Symbol.asyncDispose]());

const declarationsOf = (entry: string) => join(stranger.packageDir, `dist/types/${entry}.d.ts`);
const namesOf = (entry: string) =>
  documentedExports(declarationsOf(entry))
    .map(({ name }) => name)
    .sort();

/** Starts one of the page's programs, on a free port; use with `await using`. */
async function start(name: string) {
  const program = startNode([compiled(name)], {
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
    for (const name of ['index.html', 'embed.js', 'icon.svg.br', 'icon.svg.gz'])
      expect(files).toContain(`dist/apps/chat/dist/${name}`);
    expect(files).toContain('dist/server/redis/scripts/commit-conversation-10.lua');
    // The project that `turnkeeper init` makes has tests and sources of its own.
    const own = files.filter((name) => !name.startsWith('dist/cli/init/template/'));
    const sources = own.filter((name) => /(?<!\.d)\.tsx?$/.test(name) || /\.test\.|(^|\/)test\//.test(name));
    expect(sources).toEqual([]);
    const entries = await readdir(stranger.packageDir);
    expect(entries.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
    expect((await readdir(join(stranger.packageDir, 'dist'))).sort()).toEqual([
      ...['apps', 'cli', 'client-sdk', 'contract', 'server', 'types', 'workflows'],
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
          "AgentBackend",
          "AgentCallOptions",
          "AgentFailure",
          "AgentFault",
          "AgentRequest",
          "AgentUnderTest",
          "FailureReason",
          "LiveEvent",
          "ManualClock",
          "ScriptedAgent",
          "ScriptedAnswer",
          "ScriptedReply",
          "ShownLive",
          "TestCallerOptions",
          "TestRunner",
          "TurnkeeperError",
          "TurnkeeperEvent",
          "createTestCaller",
          "describeAgentConformance",
          "describeAgentFaults",
          "isTurnkeeperError",
        ],
        "workflows": [
          "BudgetDefinition",
          "CardsDefinition",
          "CheckIssues",
          "CheckedFields",
          "ChoicesDefinition",
          "CollectedFields",
          "FindChoices",
          "FoundChoice",
          "Json",
          "LookupContext",
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
      for (const name of referencesIn(await readFile(join(folder, file), 'utf8')))
        if (!name.startsWith('./')) imported.add(name);
    }
    expect([...imported].filter((name) => !/^(zod|node:http|@trpc\/server(\/.*)?)$/.test(name))).toEqual([]);
  });
});

describe("the page's programs, in a stranger's project", () => {
  const readAll = () =>
    Object.fromEntries([...filesIn(page), ...clerk].map(({ name, code }) => [name, code]));
  const forNode: CompilerOptions = {
    allowImportingTsExtensions: true,
    types: ['node'],
    skipLibCheck: false,
  };

  it.for([
    // The declarations of Node and of the libraries would take TypeScript 6 five seconds; the other way checks them.
    ['as a bundler resolves', 'TypeScript 6', { skipLibCheck: true }],
    // They resolve as Node does.
    ['with the strictest options', 'TypeScript 7', {}],
  ] as const)('compile %s (%s)', async ([way, compiler, checking]) => {
    const options = { ...ways[way], ...forNode, ...checking };
    expect(await compile(stranger.dir, readAll(), options, compiler)).toBe('');
  });

  it('would not compile with a wrong step, field or workflow id', async () => {
    const files = readAll();
    const wrong = (from: string, to: string): string => {
      const job = files['job.ts'] ?? '';
      expect(job).toContain(from);
      return job.replace(from, to);
    };
    const errors = await compile(
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
    await using program = startNode([compiled('job.ts')], {
      cwd: stranger.dir,
      env: { REDIS_URL: inject('redisUrl') },
    });
    expect(await program.ended).toEqual({ exitCode: 0, stdout: '12.5 confirm\n', stderr: '' });
  });
});

it("holds an agent of a stranger's to the suite, under node:test", async () => {
  const { exitCode, stdout } = await runNode(['--import', tsx, 'clerk.test.ts'], { cwd: stranger.dir });
  expect(stdout).toMatch(/^. tests 23$/m);
  expect(stdout).toMatch(/^. pass 23$/m);
  expect(exitCode).toBe(0);
});

describe('the command of the package', () => {
  const redis = { REDIS_URL: inject('redisUrl') };
  const turnkeeper = (...args: string[]) => turnkeeperWith({ env: redis }, ...args);
  const turnkeeperWith = (options: Parameters<typeof startNode>[1], ...args: string[]) =>
    startNode([join(stranger.packageDir, 'dist/cli/main.js'), ...args], { cwd: stranger.dir, ...options });

  beforeAll(async () => {
    const expenses = (filesIn(page).find(({ name }) => name === 'expenses.ts')?.code ?? '').replace(
      'export const expenses =',
      'export default',
    );
    const expect = { collectedThisTurn: { amount: 12.5 }, currentStep: 'confirm' };
    const dialogues = [{ id: 'd', turns: [{ user: 'amount: 12.50', expect }] }];
    await writeFiles(stranger.dir, [
      { name: 'workflows/expenses.ts', code: expenses },
      { name: 'replays/expenses.json', code: JSON.stringify({ workflow: 'expenses', dialogues }) },
    ]);
  });

  it('says what it can do, and what version it is', async () => {
    await using help = turnkeeper('--help');
    const commands = [...(await help.ended).stdout.matchAll(/^ {2}([a-z]+) +\S/gm)].map(([, name]) => name);
    expect(commands).toEqual(['init', 'dev', 'check', 'chat', 'replay', 'types', 'start', 'emulator']);
    await using version = turnkeeper('--version');
    expect((await version.ended).stdout.trim()).toBe(stranger.manifest.version);
    await using unknown = turnkeeper('strat');
    expect(await unknown.ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no command strat') as string,
    });
  });

  it("starts a server with the definitions of the project's folder, and takes its types, and talks with it", async () => {
    const env = { ...redis, PORT: '0', WORKFLOWS_DIR: 'workflows' };
    await using server = turnkeeperWith({ env }, 'start');
    const [, url = ''] = await server.hasPrinted(/listens on (\S+)/);
    await server.hasPrinted(/npx turnkeeper chat --url/);
    await using typesOfServer = turnkeeper('types', url, '--out', 'types.ts');
    expect((await typesOfServer.ended).stdout).toBe('types.ts has the types of expenses.\n');
    await using typesOfFolder = turnkeeper('types');
    const { stdout: types } = await typesOfFolder.ended;
    expect(types).toContain(`// Written by turnkeeper types ${stranger.manifest.version}: `);
    expect(await readFile(join(stranger.dir, 'types.ts'), 'utf8')).toBe(types);
    await using chat = turnkeeperWith(
      { input: 'amount: 12.50\n/quit\n' },
      'chat',
      '--url',
      url,
      '--workflow',
      'expenses',
    );
    const { stdout, exitCode } = await chat.ended;
    expect(stdout).toMatch(/you: amount: 12\.50\n +✓ \S.*: 12\.5\n/);
    expect(stdout).toContain(`To come back to it: npx turnkeeper chat --url ${url} --conversation `);
    expect(exitCode).toBe(0);
    server.signal('SIGTERM');
    expect((await server.ended).exitCode).toBe(0);
  });

  it('checks the definitions of the folder ./workflows, and fails for a fault', async () => {
    await using check = turnkeeper('check', '--replays', 'replays');
    expect(await check.ended).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^✓ workflows\/expenses\.ts: Expenses .*\n✓ replays\/.*\n2 files: no faults\n$/,
      ) as string,
    });
    await writeFiles(stranger.dir, [{ name: 'faulty/a.json', code: '{ "id": "a" }' }]);
    await using faulty = turnkeeper('check', 'faulty');
    expect(await faulty.ended).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('    faulty/a.json: version: ') as string,
    });
  });

  it('plays recorded dialogues, with the definitions of the folder ./workflows', async () => {
    await using replay = turnkeeper('replay', 'replays');
    expect(await replay.ended).toEqual({
      exitCode: 0,
      stdout: '✓ replays/expenses.json: 1 dialogue, 1 turn\n1 file, 1 dialogue, 1 turn: all agree\n',
      stderr: '',
    });
  });

  it('emulates an agent of Copilot Studio', async () => {
    await using emulator = turnkeeper('emulator', '--port', '0');
    await emulator.hasPrinted(/COPILOT_DIRECT_CONNECT_URL=http:\S+ .* npx turnkeeper start/);
    emulator.signal('SIGTERM');
    expect((await emulator.ended).exitCode).toBe(0);
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
