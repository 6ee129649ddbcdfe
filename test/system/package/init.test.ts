import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startNode } from '../../support/child-program.ts';
import { post } from '../../support/post.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { addTurnkeeper, packed } from './pack-turnkeeper.ts';

const run = promisify(execFile);
// Packing builds everything, and is done once for all files.
vi.setConfig({ testTimeout: 900_000 });

const manifestSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()),
  scripts: z.record(z.string(), z.string()),
});
const readManifest = async (dir: string) =>
  manifestSchema.parse(JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')));
const sourceIn = async (dir: string) => (await readManifest(dir)).dependencies['turnkeeper'];

it('depends on the tarball that its maker was installed from, or was run from', async () => {
  await using folder = await temporaryFolder();
  // `init` needs nothing but itself, and no test has a registry to get other packages from.
  const alone = join(folder.path, 'alone');
  await cp(join(await packed(), 'dist/cli'), join(alone, 'dist/cli'), { recursive: true });
  const { dependencies: _, ...manifest } = await readManifest(await packed());
  await writeFile(join(alone, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['pack', alone, '--ignore-scripts', '--pack-destination', folder.path]);
  const work = join(folder.path, 'work');
  await mkdir(work);
  const npm = (cwd: string, ...args: string[]) =>
    run('npm', ['--cache', join(folder.path, 'cache'), '--no-audit', '--no-fund', ...args], { cwd });
  const tarball = `../turnkeeper-${String(manifest['version'])}.tgz`;

  await npm(work, 'exec', '--yes', '--package', tarball, '--', 'turnkeeper', 'init', 'run-from');
  expect(await sourceIn(join(work, 'run-from'))).toBe(`file:../${tarball}`);
  await npm(work, 'install', tarball);
  const { stdout } = await npm(work, 'exec', 'turnkeeper', 'init', 'installed-from');
  expect(stdout).toContain(`with turnkeeper from file:../${tarball}`);

  // npm finds the package there.
  const project = join(work, 'installed-from');
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ ...(await readManifest(project)), devDependencies: {} }),
  );
  await npm(project, 'install');
  const installed = await readFile(join(project, 'node_modules/turnkeeper/package.json'), 'utf8');
  expect(JSON.parse(installed)).toMatchObject({ name: 'turnkeeper', bin: manifest['bin'] });
});

const replaySchema = z.object({
  dialogues: z.array(
    z.object({
      turns: z.array(z.object({ user: z.string(), expect: z.looseObject({}) })),
      finalCollected: z.record(z.string(), z.json()).optional(),
    }),
  ),
});

it('has tests that pass, types that fit, and a conversation that goes as its replay file says', async () => {
  await using folder = await temporaryFolder();
  const maker = join(folder.path, 'maker');
  const { packageDir } = await addTurnkeeper(maker, []);
  const made = await startNode([join(packageDir, 'dist/cli/main.js'), 'init', 'supplies'], {
    cwd: folder.path,
  }).ended;
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  expect(made.stdout).toContain('supplies/workflows/supplies.ts');

  // As `npm install` leaves it.
  const project = join(folder.path, 'supplies');
  await addTurnkeeper(project, ['tsx', 'typescript', '@types/node'], { typescript: 'typescript-7' });
  const bins = { turnkeeper: 'turnkeeper/dist/cli/main.js', tsc: 'typescript/bin/tsc' };
  for (const [name, file] of Object.entries(bins)) {
    const bin = join(project, 'node_modules/.bin', name);
    await mkdir(dirname(bin), { recursive: true });
    await symlink(join('..', file), bin);
  }
  await chmod(join(project, 'node_modules', bins.turnkeeper), 0o755);
  const npm = (...args: string[]) => run('npm', args, { cwd: project });
  const { stdout: tests } = await npm('test');
  expect(tests).toMatch(/^# fail 0$|^ℹ fail 0$/m);
  expect(tests).toMatch(/^# pass 3$|^ℹ pass 3$/m);
  await npm('run', 'typecheck');

  const [command = '', ...args] = ((await readManifest(project)).scripts['dev'] ?? '').split(' ');
  await using server = startNode([join(project, 'node_modules/.bin', command), ...args], {
    cwd: project,
    env: { PORT: '0' },
  });
  const [, url = ''] = await server.hasPrinted(/listens on (\S+)[\s\S]*take effect with the next turn/);
  expect(await (await fetch(url)).text()).toContain('data-definition-news');
  const replay = replaySchema.parse(
    JSON.parse(await readFile(join(project, 'replay/supplies.json'), 'utf8')),
  );
  for (const { turns, finalCollected } of replay.dialogues) {
    const conversationId = randomUUID();
    for (const { user, expect: expected } of turns) {
      const input = { type: 'text', text: user };
      const { data, error } = await post(url, 'workflow.turn', {
        conversationId,
        workflowId: 'supplies',
        input,
      });
      expect(error).toBeNull();
      expect(flatTurn(data)).toMatchObject(expected);
      if (expected['status'] === 'completed')
        expect(data).toMatchObject({ workflowState: { collected: finalCollected } });
    }
  }
  const definition = join(project, 'workflows/supplies.ts');
  await writeFile(definition, (await readFile(definition, 'utf8')).replace('version: 1', 'version: 2'));
  await server.hasPrinted(/Reloaded for the next turn: supplies\.ts \(supplies v1 → v2\)/);
  await writeFile(definition, 'export default {');
  await server.hasPrinted(/There are faults[^]*supplies\.ts: can't be imported/);
  server.signal('SIGTERM');
  expect((await server.ended).exitCode).toBe(0);
});

/** A turn's result with the names of a replay file. */
function flatTurn(data: unknown) {
  const { turn, workflowState, progress } = z
    .object({
      turn: z.looseObject({ collected: z.unknown(), stateChanged: z.boolean() }),
      workflowState: z.looseObject({ status: z.string() }),
      progress: z.looseObject({}),
    })
    .parse(data);
  const { collected: collectedThisTurn, stateChanged } = turn;
  return { ...progress, status: workflowState.status, collectedThisTurn, stateChanged };
}
