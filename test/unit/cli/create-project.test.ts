import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProject, nameFault } from '../../../cli/init/create-project.ts';
import { sourceOf } from '../../../cli/support/own-package.ts';
import ownManifest from '../../../package.json' with { type: 'json' };
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

describe('a new project', () => {
  it('has its name in its files and their names, and nothing of the template', async () => {
    const dir = join(folder.path, 'leave-request');
    const files = await createProject(dir, '^1.2.3');
    expect(files.toSorted()).toEqual([
      '.github/workflows/ci.yml',
      '.gitignore',
      'README.md',
      'package.json',
      'replay/leave-request.json',
      'test/leave-request.test.ts',
      'tsconfig.json',
      'workflows/leave-request.ts',
    ]);
    const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
    expect(texts.join('')).not.toMatch(/my.procedure/i);
    expect(texts[files.indexOf('workflows/leave-request.ts')]).toContain("title: 'Leave request'");
    expect(texts[files.indexOf('package.json')]).toContain('"turnkeeper": "^1.2.3"');
  });

  it('takes the place of an empty folder, or of a fresh repository, and of nothing else', async () => {
    const dir = join(folder.path, 'mine');
    await mkdir(join(dir, '.git'), { recursive: true });
    await createProject(dir, '*');
    await expect(createProject(dir, '*')).rejects.toThrow('mine is not empty');
    const occupied = join(folder.path, 'occupied');
    await mkdir(occupied);
    await writeFile(join(occupied, '.env'), '');
    await expect(createProject(occupied, '*')).rejects.toThrow('occupied is not empty');
    expect(await readdir(occupied)).toEqual(['.env']);
  });

  it('says so where its name is that of a file, or of a link that leads nowhere', async () => {
    await writeFile(join(folder.path, 'file'), '');
    await symlink('nowhere', join(folder.path, 'link'));
    for (const name of ['file', 'link'])
      await expect(createProject(join(folder.path, name), '*')).rejects.toThrow(
        `${name} is there, and is no folder`,
      );
  });

  it('develops with the versions that this project is tested with', async () => {
    await createProject(join(folder.path, 'mine'), '*');
    const manifest = await readFile(join(folder.path, 'mine/package.json'), 'utf8');
    const { devDependencies } = z
      .object({ devDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(manifest));
    const { tsx, '@types/node': node, 'typescript-7': typescript } = ownManifest.devDependencies;
    expect(devDependencies).toEqual({
      tsx,
      '@types/node': node,
      typescript: typescript.replace('npm:typescript@', ''),
    });
  });
});

it.each([
  ['leave-request', null],
  ['a1', null],
  ['Leave', 'lower-case words'],
  ['leave_request', 'lower-case words'],
  ['../up', 'lower-case words'],
  ['.', 'lower-case words'],
  ['a'.repeat(65), 'at most 64 characters'],
  ['turnkeeper', 'is the name of the package'],
])('judges the name %s', (name, fault) => {
  expect(nameFault(name) ?? '').toContain(fault ?? '');
  expect(nameFault(name) === null).toBe(fault === null);
});

describe('the package that a new project depends on', () => {
  /** The place from which a project beside the folder that npm installed into gets the package, if npm noted this about it. */
  async function source(noted: object | null): Promise<string> {
    const modules = join(folder.path, 'installed/node_modules');
    await mkdir(modules, { recursive: true });
    const lock = JSON.stringify({ packages: { 'node_modules/turnkeeper': noted } });
    if (noted !== null) await writeFile(join(modules, '.package-lock.json'), lock);
    const own = { dir: join(modules, 'turnkeeper'), version: '1.2.3' };
    return sourceOf(own, join(folder.path, 'mine'));
  }

  it.each([
    [{ resolved: 'https://registry.example/turnkeeper-1.2.3.tgz' }, '^1.2.3'],
    [{ resolved: 'file:../turnkeeper-1.2.3.tgz' }, 'file:../turnkeeper-1.2.3.tgz'],
    [
      { resolved: 'git+ssh://git@git.example/turnkeeper.git#abc' },
      'git+ssh://git@git.example/turnkeeper.git#abc',
    ],
    [{}, '^1.2.3'],
    [null, '^1.2.3'],
  ])('that npm noted as %j is %s', async (noted, expected) => {
    expect(await source(noted)).toBe(expected);
  });

  it('in a checkout is the folder of the checkout', () => {
    const own = { dir: join(folder.path, 'checkout'), version: '1.2.3' };
    expect(sourceOf(own, join(folder.path, 'work/mine'))).toBe('file:../../checkout');
  });
});
