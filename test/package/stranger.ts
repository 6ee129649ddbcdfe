import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildClient } from '../../tools/build-client/build-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
export const projectDir = fileURLToPath(new URL('../..', import.meta.url));

/**
 * An empty project that has installed the packed client, as somebody does who knows nothing of this one: from the
 * tarball, with the client's dependencies from npm's cache or its registry.
 * @param besides packages that this project uses too, to be installed in the same version
 */
export async function installAsAStranger(besides: readonly string[] = []) {
  const folder = await temporaryFolder();
  const built = join(folder.path, 'built');
  await buildClient(projectDir, built);
  const packed = await run('npm', ['pack', built, '--json', '--pack-destination', folder.path]);
  const tarball = join(folder.path, tarballName(packed.stdout));
  const dir = join(folder.path, 'stranger');
  await mkdir(dir);
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const packages = [tarball, ...(await Promise.all(besides.map(sameVersion)))];
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...quietly, ...packages], { cwd: dir });
  const packageDir = join(dir, 'node_modules/@turnkeeper/client');
  return {
    dir,
    packageDir,
    tarball,
    manifest: JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as PackedManifest,
    /** Runs a program in the project, and answers with what it printed. */
    run: async (name: string, program: string, args: readonly string[]): Promise<string> => {
      await writeFile(join(dir, name), program);
      const { stdout, stderr } = await run(process.execPath, [name, ...args], { cwd: dir });
      return stderr + stdout;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

export type Stranger = Awaited<ReturnType<typeof installAsAStranger>>;

interface PackedManifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

async function sameVersion(name: string): Promise<string> {
  const manifest = await readFile(join(projectDir, 'node_modules', name, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return `${name}@${version}`;
}

function tarballName(report: string): string {
  const name = /"filename": "([^"]+\.tgz)"/.exec(report)?.[1];
  if (name === undefined) throw new Error(`npm packed nothing: ${report}`);
  return name;
}
