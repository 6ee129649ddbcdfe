import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { oncePerRun } from '../../support/once-per-run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

const manifestSchema = z.looseObject({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
});

/** Builds and packs the package once for all test files; returns the folder with its contents. */
export async function packed(): Promise<string> {
  const dir = await oncePerRun('packed-turnkeeper', async (made) => {
    // npm runs `prepack`, which builds. CI has just built, and says so.
    const scripts = process.env['TURNKEEPER_IS_BUILT'] === undefined ? [] : ['--ignore-scripts'];
    const args = ['pack', ...scripts, '--pack-destination', made];
    await run('npm', args, { cwd: projectDir, maxBuffer: 10_000_000 });
    const [tarball = ''] = (await readdir(made)).filter((name) => name.endsWith('.tgz'));
    await mkdir(join(made, 'unpacked'));
    await run('tar', ['-xzf', join(made, tarball), '-C', join(made, 'unpacked'), '--strip-components=1']);
  });
  return join(dir, 'unpacked');
}

/**
 * Gives a project the packed package, and other packages as links to this project's.
 * @param besides packages that the project has, besides the dependencies of the package
 * @param instead this project's names of packages that it has under an alias
 */
export async function addTurnkeeper(
  dir: string,
  besides: readonly string[],
  instead: Readonly<Record<string, string>> = {},
) {
  const packageDir = join(dir, 'node_modules/turnkeeper');
  await cp(await packed(), packageDir, { recursive: true });
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')));
  for (const name of new Set([...Object.keys(manifest.dependencies), ...besides])) {
    const link = join(dir, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(projectDir, 'node_modules', instead[name] ?? name), link);
  }
  return { packageDir, manifest };
}

/**
 * An empty project that has installed the packed package: its contents, and its dependencies as links to this project's.
 * The package itself is no link, so a dependency that is missing from its manifest is noticed. Use with `await using`.
 * @param besides packages that the project has installed too
 */
export async function installTurnkeeper(besides: readonly string[] = []) {
  const folder = await temporaryFolder();
  const dir = join(folder.path, 'stranger');
  await mkdir(dir);
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const { packageDir, manifest } = await addTurnkeeper(dir, besides);
  return { dir, packageDir, manifest, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

export type TurnkeeperProject = Awaited<ReturnType<typeof installTurnkeeper>>;
