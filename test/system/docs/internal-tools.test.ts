import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureReasons } from '../../../contract/errors.ts';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import vendorOnboarding from '../../../workflows/vendor-onboarding.ts';
import { faultyProxy } from '../../redis/client-sdk/faulty-proxy.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { runTsc } from '../../support/compile.ts';
import { installAsAStranger } from '../package/stranger.ts';
import type { Stranger } from '../package/stranger.ts';
import { blockAfter, blocksIn, compilePrograms, compiled, filesIn, readPage, writeFiles } from './page.ts';
import { runNode, startNode } from '../../support/child-program.ts';

// The file compiles and starts programs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const page = await readPage('internal-tools.md');
const tsx = import.meta.resolve('tsx');

let stranger: Stranger;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  stranger = await installAsAStranger(['@types/node']);
  await writeFiles(stranger.dir, filesIn(page));
  await compilePrograms(stranger.dir, filesIn(page));
});
afterAll(() => stranger[Symbol.asyncDispose]());

beforeEach(async () => {
  server = await serve(createGuidedAgent({ clock: systemClock }));
  return () => server.stop();
});

const settings = (env: Record<string, string> = {}) => ({
  cwd: stranger.dir,
  env: { TURNKEEPER_URL: server.url, ...env },
});
const run = (program: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  runNode([compiled(program), ...args], settings(env));
const printed = (comment: string) => ({ exitCode: 0, stdout: blockAfter(page, comment), stderr: '' });
const sortedLines = (text: string) => text.trimEnd().split('\n').sort();

/** Returns the tool's own conversation, as the programs name it. */
const conversation = (id: string) =>
  createTurnkeeperClient({ url: server.url, headers: () => ({ 'x-dev-user': 'vendor-import' }) }).resume(id);

describe('the page on internal tools', () => {
  it('shows only programs that compile', async () => {
    expect((await runTsc(['--skipLibCheck', 'false'], settings().cwd)).stdout).toBe('');
    expect(filesIn(page).filter(({ name }) => name.endsWith('.ts'))).toHaveLength(
      blocksIn(page, 'ts').length,
    );
  });

  it('starts a conversation for each row, and says truly what is printed, the second time too', async () => {
    expect(await runNode(['--import', tsx, 'start.ts'], settings())).toEqual(printed('start'));
    expect(await run('start.ts')).toEqual(printed('start again'));
    expect((await conversation('vendor-4711').get()).workflowState.turnCount).toBe(1);
  });

  it('starts each once though answers are lost on the way', async () => {
    await using proxy = await faultyProxy(server.url, ['cut after', 'cut before', 'cut inside', 'cut after']);
    const { exitCode, stdout, stderr } = await run('start.ts', [], { TURNKEEPER_URL: proxy.url });
    expect([exitCode, stderr]).toEqual([0, '']);
    const told = stdout.replaceAll(' (was there already)', '');
    expect(told).toBe(blockAfter(page, 'start'));
    expect(proxy.turnIds().length).toBe(7);
    expect(new Set(proxy.turnIds())).toEqual(new Set(['import']));
    const seen = createTurnkeeperClient({ url: server.url });
    for (const id of ['vendor-4711', 'vendor-4712', 'vendor-4713']) {
      expect((await seen.resume(id).get()).workflowState.turnCount).toBe(1);
    }
  });

  it('refuses a row whose words have changed, and goes on with the others', async () => {
    await run('start.ts');
    const rows = (await readFile(join(stranger.dir, 'vendors.json'), 'utf8')).replace('Widget', 'Gadget');
    await writeFile(join(stranger.dir, 'changed.json'), rows);
    const { exitCode, stdout, stderr } = await run('start.ts', ['changed.json']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^4712: TURN_ID_REUSED: /);
    expect(stdout.split('\n').filter((line) => line.includes('was there already'))).toHaveLength(2);
  });

  it('answers, once for each turn id', async () => {
    await run('start.ts');
    const args = ['vendor-4713', 'sole', 'trader'];
    expect(page).toContain(`npx tsx answer.ts ${args.join(' ')}\n`);
    expect(await run('answer.ts', args)).toEqual(printed('answer'));
    const named = ['--turn-id', 'a-1', 'vendor-4713', 'Jo'];
    const first = await run('answer.ts', named);
    const second = await run('answer.ts', named);
    expect(second.stdout).toBe(first.stdout.replace('"replayed":false', '"replayed":true'));
    expect((await conversation('vendor-4713').get()).workflowState.turnCount).toBe(3);
  });

  it('distinguishes failures, and says how to retry temporary ones', async () => {
    const nowhere = await run('answer.ts', ['nowhere', 'hello']);
    expect(nowhere).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no such conversation') as string,
    });
    await run('start.ts');
    await conversation('vendor-4711').end({ outcome: 'cancelled' });
    const ended = await run('answer.ts', ['vendor-4711', 'hello']);
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('finished') as string });
    const wrong = await run('answer.ts', ['vendor-4712', ' ']);
    expect(wrong).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^INVALID_INPUT: [^]*input\.text/) as string,
    });
    await using away = await faultyProxy(null, [{ reason: 'OVERLOADED', retryAfterMs: 3_600_000 }]);
    const later = await run('answer.ts', ['--turn-id', 'b-1', 'vendor-4712', 'Jo'], {
      TURNKEEPER_URL: away.url,
    });
    expect(later.exitCode).toBe(75);
    expect(later.stderr).toContain('--turn-id b-1');
  });

  it('reads a token from its file, and once more when the server refuses it', async () => {
    const file = join(stranger.dir, 'token');
    await writeFile(file, 'token-1\n');
    await using proxy = await faultyProxy(server.url, ['UNAUTHENTICATED']);
    const env = { TURNKEEPER_URL: proxy.url, TURNKEEPER_TOKEN_FILE: file };
    expect(await run('list.ts', [], env)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(proxy.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
    ]);
  });

  it('lists, and reads what was collected', async () => {
    await run('start.ts');
    await run('answer.ts', ['vendor-4713', 'sole', 'trader']);
    const list = await run('list.ts');
    expect(sortedLines(list.stdout)).toEqual([
      'vendor-4711\tVendor onboarding\tactive\tcontact\t25 %',
      'vendor-4712\tVendor onboarding\tactive\tcontact\t25 %',
      'vendor-4713\tVendor onboarding\tactive\tcontact\t25 %',
    ]);
    const collected = await run('collected.ts');
    expect(sortedLines(collected.stdout)).toEqual(sortedLines(blockAfter(page, 'collected')));
    const transcript = await run('collected.ts', ['vendor-4713']);
    const spoken = [...transcript.stdout.matchAll(/^(user|assistant): /gm)].map(([, role]) => role);
    expect(spoken).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  it('reads every page of the list and of a transcript', async () => {
    // The programs read pages of 100; this test makes them read pages of 2.
    for (const name of ['all-conversations.ts', 'collected.ts']) {
      const code = await readFile(join(stranger.dir, name), 'utf8');
      expect(code).toContain('limit: 100');
      await writeFile(join(stranger.dir, name), code.replace('limit: 100', 'limit: 2'));
    }
    try {
      await compilePrograms(stranger.dir, filesIn(page));
      await run('start.ts');
      await run('answer.ts', ['vendor-4713', 'sole', 'trader']);
      expect(sortedLines((await run('list.ts')).stdout)).toHaveLength(3);
      const { stdout } = await run('collected.ts', ['vendor-4713']);
      expect([...stdout.matchAll(/^(?:user|assistant): .*/gm)].map(([line]) => line)).toEqual([
        'user: legal name: Jo Miller',
        expect.stringMatching(/^assistant: Hello!/),
        'user: sole trader',
        'assistant: Noted.',
      ]);
    } finally {
      await writeFiles(stranger.dir, filesIn(page));
      await compilePrograms(stranger.dir, filesIn(page));
    }
  });

  it('waits for the end of a conversation, and says what happens until then', async () => {
    await run('start.ts');
    const waiting = startNode([compiled('wait.ts'), 'vendor-4713'], settings());
    await waiting.hasPrinted(/watching from turn 1 on\n/);
    await conversation('vendor-4713').turn('sole trader');
    await waiting.hasPrinted(/^2: 25 %\n/m);
    await conversation('vendor-4713').end({ outcome: 'cancelled' });
    const stdout = 'watching from turn 1 on\n2: 25 %\ncancelled\n';
    expect(await waiting.ended).toEqual({ exitCode: 0, stdout, stderr: '' });
  });

  it('stops waiting when it is told to', async () => {
    await run('start.ts');
    const waiting = startNode([compiled('wait.ts'), 'vendor-4713'], settings());
    await waiting.hasPrinted(/watching/);
    waiting.signal('SIGINT');
    expect(await waiting.ended).toEqual({ exitCode: 0, stdout: 'watching from turn 1 on\n', stderr: '' });
  });

  it('ends conversations that nobody finishes, and deletes them if told to', async () => {
    await run('start.ts');
    await conversation('vendor-4711').end({ outcome: 'cancelled' });
    expect(await run('close-stale.ts')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const ended = await run('close-stale.ts', ['--hours', '0']);
    expect(sortedLines(ended.stdout)).toEqual(['vendor-4712: ended', 'vendor-4713: ended']);
    const { summary, workflowState } = await conversation('vendor-4712').end({ outcome: 'cancelled' });
    expect(workflowState.outcome).toBe('cancelled');
    expect(summary.reason).toBe('Nothing has happened for 0 hours.');
    expect((await run('close-stale.ts', ['--hours', '0', '--purge'])).stdout).toBe('');
    await conversation('vendor-4714')
      .turn({ type: 'open' })
      .catch(() => undefined);
  });

  it('says truly that reading a conversation keeps it, and listing it does not', async () => {
    await using test = await createTestCaller({ definitions: [vendorOnboarding], ttlSeconds: 60 });
    const { workflow } = test.caller;
    test.agent.willAnswer({ text: 'Hello.' });
    await workflow.turn({ conversationId: 'c', input: { type: 'open' } });
    test.clock.advance(59_000);
    await workflow.get({ conversationId: 'c' });
    test.clock.advance(59_000);
    expect((await workflow.list()).conversations).toHaveLength(1);
    test.clock.advance(1_000);
    expect((await workflow.list()).conversations).toHaveLength(0);
  });

  it('knows every reason', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| '));
    const named = rows.flatMap((row) =>
      [...(row.split('|')[2] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
    );
    expect(named.sort()).toEqual([...Object.keys(failureReasons), 'UNREACHABLE'].sort());
    const passing = rows.filter((row) => /somebody is in the way|not now/.test(row)).join();
    for (const [reason, { retryable }] of Object.entries(failureReasons)) {
      expect(passing.includes(`\`${reason}\``), reason).toBe(retryable);
    }
  });
});
