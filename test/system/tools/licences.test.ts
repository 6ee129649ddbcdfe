import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readLockFile } from '../../../tools/support/lock-file.ts';
import type { LockedPackages } from '../../../tools/support/lock-file.ts';
import { webAddress } from '../../../tools/support/package-facts.ts';
import { shippedPackages } from '../../../tools/support/shipped-packages.ts';
import { projectCopy } from './project-copy.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const chat = fileURLToPath(new URL('../../../apps/chat/', import.meta.url));

const namesOf = (locked: LockedPackages): string[] =>
  shippedPackages(locked).packages.map(({ name, version }) => `${name}@${version}`);

/** Changes what a lock file says about some packages, by their paths. */
function relock(lock: string, changes: Readonly<Record<string, object>>): string {
  const read = z.looseObject({ packages: z.record(z.string(), z.looseObject({})) }).parse(JSON.parse(lock));
  const changed = Object.entries(changes).map(([path, change]): [string, object] => [
    path,
    { ...read.packages[path], ...change },
  ]);
  return JSON.stringify({ ...read, packages: { ...read.packages, ...Object.fromEntries<object>(changed) } });
}

describe('npm run licences', () => {
  it('lists every shipped package of this project, with licence and repository', async () => {
    await using project = await projectCopy();
    const { exitCode, stdout, stderr } = await project.run('licences');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const rows = (await project.read('release/licences.md'))
      .split('\n')
      .filter((line) => /^\| .* \| \d/.test(line));
    const { packages } = shippedPackages(await readLockFile(root));
    expect(rows).toHaveLength(packages.length);
    expect(stdout).toMatch(new RegExp(`^${packages.length} packages: \\d+ MIT, `));
    expect(rows.filter((row) => !/ \| [\w.-]+ \| https:\/\/\S+\/\S+ \|$/.test(row))).toEqual([]);
    const zod = packages.find(({ path }) => path === 'node_modules/zod');
    expect(rows).toContain(`| zod | ${zod?.version ?? ''} | MIT | https://github.com/colinhacks/zod |`);
  });

  it('fails for a licence that is not allowed, an expression, none, and a new version of a reviewed package', async () => {
    await using project = await projectCopy();
    const lock = relock(await project.read('package-lock.json'), {
      'node_modules/cors': { license: 'MIT OR GPL-2.0-only', version: '1.0.0' },
      'node_modules/leven': { license: undefined, version: '1.0.0' },
      'node_modules/redlock': { version: '1.4.1' },
      'node_modules/superjson': { license: 'GPL-3.0-only', version: '1.0.0' },
    });
    await project.write('package-lock.json', lock);
    const { exitCode, stderr } = await project.run('licences');
    expect(stderr.trimEnd().split('\n')).toEqual([
      '@sesamecare-oss/redlock@1.4.1 has the licence UNLICENSED, which is not allowed.',
      'cors@1.0.0 has the licence MIT OR GPL-2.0-only, which is not allowed.',
      'leven@1.0.0 declares no licence.',
      'superjson@1.0.0 has the licence GPL-3.0-only, which is not allowed.',
    ]);
    expect(exitCode).toBe(1);
  });
});

describe('the shipped packages', () => {
  it('include the dependencies of the server and the client, also those that a tool needs too, and no tool', async () => {
    const names = namesOf(await readLockFile(root)).map((name) => name.replace(/(.)@.*$/, '$1'));
    const manifest = async (path: string) =>
      z
        .object({ name: z.string(), dependencies: z.record(z.string(), z.string()) })
        .parse(JSON.parse(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')));
    for (const path of ['package.json', 'client-sdk/package.json']) {
      const { dependencies } = await manifest(path);
      const published = Object.entries(dependencies).map(
        ([name, range]) => /^npm:(.+)@[^@]+$/.exec(range)?.[1] ?? name,
      );
      expect(published.filter((name) => !names.includes(name))).toEqual([]);
    }
    expect(
      names.filter((name) => /^(vite|vitest|knip|esbuild|tsx|oxlint|@types\/react)$/.test(name)),
    ).toEqual([]);
  });

  it('include every package whose modules are in the bundle of the chat page, and its typeface', async () => {
    const vite = createRequire(`${chat}package.json`).resolve('vite/package.json');
    const { build } = viteModule.parse(await import(new URL('dist/node/index.js', pathToFileURL(vite)).href));
    const { output } = bundle.parse(await build({ root: chat, logLevel: 'error', build: { write: false } }));
    const notices = output.find(({ fileName }) => fileName === 'licences.md')?.source;
    const bundled = [...String(notices).matchAll(/^## (\S+) - (\S+) \(/gm)].map(
      ([, name, version]) => `${String(name)}@${String(version)}`,
    );
    expect(bundled.length).toBeGreaterThan(20);
    const names = namesOf(await readLockFile(root));
    expect(bundled.filter((name) => !names.includes(name))).toEqual([]);
    expect(output.some(({ fileName }) => /inter-.*\.woff2$/.test(fileName))).toBe(true);
    expect(names.join(' ')).toContain('@fontsource-variable/inter@');
  });

  it('are named by the lock file, or it is at fault', () => {
    const project = { ...blank, dependencies: { here: '1', gone: '1' } };
    const locked = {
      '': project,
      'client-sdk': blank,
      'apps/chat': blank,
      'node_modules/here': { ...blank, version: '1.0.0' },
    };
    expect(() => shippedPackages(locked)).toThrow('package-lock.json lacks gone');
  });

  it('are each listed once, with all that each needs, even if the server and the page share them', () => {
    const needs = (...names: string[]) => ({
      ...blank,
      version: '1.0.0',
      dependencies: Object.fromEntries(names.map((name) => [name, '1'])),
    });
    const locked = {
      '': { ...blank, dependencies: { shared: '1' } },
      'client-sdk': blank,
      'apps/chat': { ...blank, devDependencies: { shared: '1', vite: '1', page: '1' } },
      'node_modules/shared': { ...needs('inner'), peerDependencies: { peer: '1' } },
      'node_modules/peer': needs(),
      'node_modules/inner': needs('shared'),
      'node_modules/page': { ...needs('inner'), peerDependencies: { vite: '1' } },
      'node_modules/page/node_modules/inner': needs(),
      'node_modules/vite': needs(),
    };
    const { packages, needs: direct } = shippedPackages(locked);
    expect(packages.map(({ path, needs: paths }) => [path, paths])).toEqual([
      ['node_modules/inner', ['node_modules/shared']],
      ['node_modules/page/node_modules/inner', []],
      ['node_modules/page', ['node_modules/page/node_modules/inner']],
      ['node_modules/peer', []],
      ['node_modules/shared', ['node_modules/inner', 'node_modules/peer']],
    ]);
    expect(direct).toEqual(['node_modules/shared', 'node_modules/page']);
  });
});

const blank = {
  link: false,
  dependencies: {},
  devDependencies: {},
  optionalDependencies: {},
  peerDependencies: {},
  peerDependenciesMeta: {},
};

type Build = (options: object) => Promise<unknown>;
const viteModule = z.object({ build: z.custom<Build>((value) => typeof value === 'function') });
const bundle = z.object({
  output: z.array(z.object({ fileName: z.string(), source: z.unknown().optional() })),
});

describe('the chat page', () => {
  it('carries the licence of its typeface as the typeface has it', async () => {
    const copy = await readFile(`${chat}public/licence-inter.txt`, 'utf8');
    expect(copy).toBe(await readFile(`${root}node_modules/@fontsource-variable/inter/LICENSE`, 'utf8'));
  });
});

describe("the address of a package's sources", () => {
  it.each([
    'git+https://github.com/a/b.git',
    'git://github.com/a/b.git',
    'git+ssh://git@github.com/a/b.git',
    'ssh://github.com/a/b',
    'git@github.com:a/b.git',
    'http://github.com/a/b',
    'github:a/b',
    'a/b',
  ])('is one for the web, made of %s', (repository) => {
    expect(webAddress(repository)).toBe('https://github.com/a/b');
  });
});
