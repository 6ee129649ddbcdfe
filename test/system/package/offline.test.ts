import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { installLocked } from '../../support/locked-packages.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const versionOf = async (dir: string) =>
  z
    .object({ name: z.string(), version: z.string() })
    .parse(JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')));

describe('no test asks a registry', () => {
  it.each([
    [['install', 'superjson']],
    [['view', 'superjson', 'version']],
    [['exec', '--yes', 'package-that-nobody-has-installed']],
  ])('npm %j fails', async (args) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'package.json'), '{"private":true}');
    // npm gets a cache of its own: the user's cache depends on what was installed there before.
    const npm = run('npm', [...args, '--cache', join(folder.path, 'cache')], { cwd: folder.path });
    await expect(npm).rejects.toMatchObject({
      stderr: expect.stringMatching(/ENOTCACHED|ECONNREFUSED/) as string,
    });
  });
});

interface Package {
  readonly name?: string;
  readonly version: string;
  readonly installed?: string | null;
  readonly [kind: string]: unknown;
}

/** A project with a lock file and the packages that it names, if they are installed. */
async function projectOf(root: string, packages: Readonly<Record<string, Package>>): Promise<void> {
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  for (const [
    path,
    { name = path.split('node_modules/').at(-1), version, installed = version },
  ] of Object.entries(packages)) {
    if (installed === null) continue;
    const manifest = join(root, path, 'package.json');
    await mkdir(dirname(manifest), { recursive: true });
    await writeFile(manifest, JSON.stringify({ name, version: installed }));
  }
}

async function install(
  packages: Readonly<Record<string, Package>>,
  wanted: Omit<Parameters<typeof installLocked>[0], 'root' | 'dir'>,
) {
  const folder = await temporaryFolder();
  const root = join(folder.path, 'ours');
  const dir = join(folder.path, 'theirs');
  await projectOf(root, packages);
  return {
    done: installLocked({ root, dir, ...wanted }),
    has: async (path: string) =>
      (await versionOf(join(dir, 'node_modules', path)).catch(() => null))?.version ?? null,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('packages of the lock file are installed', () => {
  it('with all that they need, each version where Node looks for it', async () => {
    await using place = await install(
      {
        'node_modules/a': {
          version: '1.0.0',
          dependencies: { b: '*', c: '*' },
          peerDependencies: { p: '*', q: '*' },
          peerDependenciesMeta: { q: { optional: true } },
        },
        'node_modules/b': { version: '1.0.0', dependencies: { c: '^2' } },
        'node_modules/b/node_modules/c': { version: '2.0.0' },
        'node_modules/c': { version: '1.0.0' },
        'node_modules/p': { version: '3.0.0' },
        'node_modules/q': { version: '4.0.0' },
        'node_modules/other': { version: '5.0.0' },
      },
      { names: ['a'] },
    );
    await place.done;
    const found = await Promise.all(['a', 'b', 'c', 'b/node_modules/c', 'p', 'q', 'other'].map(place.has));
    expect(found).toEqual(['1.0.0', '1.0.0', '1.0.0', '2.0.0', '3.0.0', null, null]);
  });

  it('without those that are optional and not for this platform', async () => {
    await using place = await install(
      {
        'node_modules/a': {
          version: '1.0.0',
          dependencies: {},
          optionalDependencies: { linux: '*', windows: '*', gone: '*' },
        },
        'node_modules/linux': { version: '1.0.0' },
        'node_modules/windows': { version: '1.0.0', installed: null },
      },
      { names: ['a'] },
    );
    await place.done;
    expect(await Promise.all(['a', 'linux', 'windows'].map(place.has))).toEqual(['1.0.0', '1.0.0', null]);
  });

  it('from a workspace first, if that has its own', async () => {
    await using place = await install(
      { 'node_modules/a': { version: '1.0.0' }, 'sdk/node_modules/a': { version: '2.0.0' } },
      { names: ['a'], workspaces: ['sdk'] },
    );
    await place.done;
    expect(await place.has('a')).toBe('2.0.0');
  });

  it('in the version of an alias, for whatever needs them', async () => {
    await using place = await install(
      {
        'node_modules/a': { version: '1.0.0', dependencies: { '@s/b': '*' } },
        'node_modules/@s/b': { version: '2.0.0' },
        'node_modules/b-lowest': { name: '@s/b', version: '1.0.0' },
      },
      { names: ['a'], instead: { '@s/b': 'b-lowest' } },
    );
    await place.done;
    expect(await Promise.all(['@s/b', 'b-lowest'].map(place.has))).toEqual(['1.0.0', null]);
  });

  it.each([
    [
      'it is not in the lock file',
      { 'node_modules/b': { version: '1.0.0' } },
      'a is not in package-lock.json',
    ],
    [
      'a workspace is all that is',
      { 'node_modules/a': { version: '1.0.0', link: true } },
      'a is not in package-lock.json',
    ],
    [
      'it is not installed',
      { 'node_modules/a': { version: '1.0.0', installed: null } },
      'a is not installed, package-lock.json says 1.0.0: run npm ci.',
    ],
    [
      'another version is installed',
      { 'node_modules/a': { version: '1.0.0', installed: '1.0.1' } },
      'a is installed in version 1.0.1, package-lock.json says 1.0.0: run npm ci.',
    ],
    [
      'what it needs is missing',
      { 'node_modules/a': { version: '1.0.0', dependencies: { b: '*' } } },
      'b is not in package-lock.json',
    ],
    [
      'two versions would have one place',
      {
        'node_modules/a': { version: '1.0.0', dependencies: { c: '*' } },
        'sdk/node_modules/c': { version: '2.0.0' },
        'node_modules/c': { version: '1.0.0' },
      },
      "can't both be installed as node_modules/c",
    ],
  ] satisfies [string, Record<string, Package>, string][])(
    'not if %s, which is an error',
    async (_why, packages, message) => {
      await using place = await install(packages, {
        names: ['a', ...('sdk/node_modules/c' in packages ? ['c'] : [])],
        workspaces: ['sdk'],
      });
      await expect(place.done).rejects.toThrow(message);
    },
  );
});
