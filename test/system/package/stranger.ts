import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installLocked } from '../../support/locked-packages.ts';
import { oncePerRun } from '../../support/once-per-run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { packClient, tarballIn, unpackedIn } from './pack-client.ts';

const run = promisify(execFile);
export const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Creates an empty project that has installed the packed client, like a user's: the tarball's contents, and its
 * dependencies in the lock file's versions. It has nothing else, so a dependency missing from the manifest is noticed.
 * @param besides packages that this project or its chat page uses too
 * @param instead packages that it has in another version than the lock file's own: aliases of this project's
 */
export async function installAsAStranger(
  besides: readonly string[] = [],
  instead: Readonly<Record<string, string>> = {},
) {
  const packed = await oncePerRun('packed-client', (dir) => packClient(projectDir, dir));
  const folder = await temporaryFolder();
  const dir = join(folder.path, 'stranger');
  const packageDir = join(dir, 'node_modules/@turnkeeper/client');
  await mkdir(dir);
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await cp(unpackedIn(packed), packageDir, { recursive: true });
  const manifest = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as PackedManifest;
  await installLocked({
    root: projectDir,
    dir,
    names: [...Object.keys(manifest.dependencies), ...besides],
    workspaces: ['client-sdk', 'apps/chat'],
    instead,
  });
  return {
    dir,
    packageDir,
    tarball: tarballIn(packed),
    manifest,
    /** Runs a program in the project, and returns what it printed. */
    run: async (
      name: string,
      program: string,
      args: readonly string[],
      nodeOptions: readonly string[] = [],
    ): Promise<string> => {
      await writeFile(join(dir, name), program);
      const { stdout, stderr } = await run(process.execPath, [...nodeOptions, name, ...args], { cwd: dir });
      return stderr + stdout;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

export type Stranger = Awaited<ReturnType<typeof installAsAStranger>>;

interface PackedManifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}
