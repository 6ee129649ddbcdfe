import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { runNode, startNode } from '../../support/child-program.ts';
import { runDockerfile } from '../../support/dockerfile.ts';
import type { BuiltStage } from '../../support/dockerfile.ts';
import { post } from '../../support/post.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const projectDir = fileURLToPath(new URL('../../..', import.meta.url));
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().default(false),
      link: z.boolean().default(false),
      /** Of a link: the workspace's folder. */
      resolved: z.string().optional(),
    }),
  ),
});

/** Does what a RUN of our Dockerfile does. It knows each by its words, so that a changed one is noticed. */
async function runStep(command: string, workdir: string): Promise<void> {
  switch (command) {
    case 'npm ci':
      return installPackages(workdir, { omitsDev: false });
    case 'npm ci --omit=dev && npm cache clean --force':
      return installPackages(workdir, { omitsDev: true });
    case 'npm run build':
      return buildIn(workdir);
    default:
      throw new Error(`a RUN that the test does not know: ${command}`);
  }
}

/**
 * No test asks a registry, so the packages are links to this project's, at the places that the lock file names. `npm ci`
 * also needs the manifests of the workspaces, which it links to.
 */
async function installPackages(workdir: string, { omitsDev }: { omitsDev: boolean }): Promise<void> {
  const { packages } = lockSchema.parse(
    JSON.parse(await readFile(join(workdir, 'package-lock.json'), 'utf8')),
  );
  for (const [place, { dev, link, resolved }] of Object.entries(packages)) {
    // A package inside another one is reached through that.
    if (!/^(?:client-sdk\/|apps\/chat\/)?node_modules\/(?:@[^/]+\/)?[^/]+$/.test(place)) continue;
    if (dev && omitsDev) continue;
    const target = link ? join(workdir, resolved ?? '') : join(projectDir, place);
    if (link) expect(existsSync(join(target, 'package.json'))).toBe(true);
    // npm leaves out packages for other platforms.
    if (!existsSync(target)) continue;
    await mkdir(dirname(join(workdir, place)), { recursive: true });
    await symlink(target, join(workdir, place));
  }
}

/** CI has just built the same sources, and says so: then its build is taken, if the folder has all that a build reads. */
async function buildIn(workdir: string): Promise<void> {
  if (process.env['TURNKEEPER_IS_BUILT'] === undefined) {
    await run('npm', ['run', 'build'], { cwd: workdir, maxBuffer: 10_000_000 });
    return;
  }
  await build({
    absWorkingDir: workdir,
    entryPoints: [
      ...['server/main.ts', 'cli/main.ts', 'tools/build-package/main.ts'],
      ...['apps/chat/vite.config.ts', 'apps/chat/src/main.tsx'],
    ],
    outdir: join(workdir, 'unused'),
    ...({ bundle: true, write: false, platform: 'node', format: 'esm', packages: 'external' } as const),
    // A file of the page's public folder, by its address.
    external: ['/icon.svg'],
    logLevel: 'silent',
  });
  for (const path of [
    'tools/build.mjs',
    'tools/build-chat.mjs',
    'tsconfig.build.json',
    'apps/chat/index.html',
  ])
    expect(existsSync(join(workdir, path))).toBe(true);
  await cp(join(projectDir, 'dist'), join(workdir, 'dist'), { recursive: true });
}

/** Time for a build on a busy machine. */
const buildMs = 900_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let image: BuiltStage;
beforeAll(async () => {
  folder = await temporaryFolder();
  image = await runDockerfile({ context: projectDir, dir: folder.path, run: runStep });
}, buildMs);
afterAll(() => folder[Symbol.asyncDispose]());

/**
 * Node's permission model stands for a read-only root file system: it refuses every write but those to a folder, which
 * stands for /tmp.
 */
function readOnly(): string[] {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  return [flag, '--allow-fs-read=*', `--allow-fs-write=${join(folder.path, 'tmp')}/*`];
}

async function exitCodeOf(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const [program, ...args] = command;
  expect(program).toBe('node');
  const child = spawn(process.execPath, args, { cwd: image.workdir, env, stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number];
  return code;
}

describe('the image, its steps run in empty folders', () => {
  it('runs without rights, ends by SIGTERM, and listens where it says', () => {
    expect([image.base, image.user, image.stopSignal]).toEqual(['node:20-bookworm-slim', 'node', 'SIGTERM']);
    expect(image.ports).toEqual([3000]);
  });

  it('has the build and production packages, and nothing of the sources or the tests', () => {
    const has = (path: string): boolean => existsSync(join(image.workdir, path));
    expect(
      ['dist/server/main.js', 'dist/apps/chat/dist/index.html', 'node_modules/express'].filter(has),
    ).toHaveLength(3);
    expect(['server', 'test', 'tools', 'docs', '.git', 'node_modules/vitest'].filter(has)).toEqual([]);
  });

  it('starts on a root file system that is read-only, takes a turn, and is healthy until it ends', async () => {
    const [program, ...args] = image.command;
    expect(program).toBe('node');
    const server = startNode([...readOnly(), ...args], {
      cwd: image.workdir,
      env: {
        PORT: '0',
        REDIS_URL: inject('redisUrl'),
        REDIS_PREFIX: 'image',
        REDIS_COMMAND_TIMEOUT_MS: '10000',
      },
    });
    const [, url = ''] = await server.hasPrinted(/listens on (http:\S+)[\s\S]*curl/);
    const { port } = new URL(url);
    expect(await exitCodeOf(image.healthCheck, { PORT: port })).toBe(0);
    const turn = { conversationId: 'c', workflowId: 'leave-request', input: { type: 'open' } };
    expect((await post(url, 'workflow.turn', turn)).status).toBe(200);
    expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
    server.signal('SIGTERM');
    const { exitCode, stderr } = await server.ended;
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('ERR_ACCESS_DENIED')]);
    expect(await exitCodeOf(image.healthCheck, { PORT: port })).toBe(1);
  });

  it('would fail there if it wrote', async () => {
    const write = "require('node:fs').writeFileSync('left-behind', '')";
    const { exitCode, stderr } = await runNode([...readOnly(), '-e', write], { cwd: image.workdir });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('ERR_ACCESS_DENIED')]);
  });
});
