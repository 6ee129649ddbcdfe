import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode } from '../../support/child-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Makes a copy of this project's tools, manifests and lock file that uses its installed packages, so that a tool can write
 * files, or find a fault, without changing this project; use with `await using`.
 */
export async function projectCopy() {
  const folder = await temporaryFolder();
  const at = (path: string): string => join(folder.path, path);
  for (const path of ['tools', 'package.json', 'package-lock.json', 'CHANGELOG.md'])
    await cp(join(root, path), at(path), { recursive: true });
  for (const workspace of ['client-sdk', 'apps/chat'])
    await cp(join(root, workspace, 'package.json'), at(`${workspace}/package.json`));
  await symlink(join(root, 'node_modules'), at('node_modules'));
  return {
    read: (path: string): Promise<string> => readFile(at(path), 'utf8'),
    write: (path: string, text: string): Promise<void> => writeFile(at(path), text),
    /** Runs a tool of the copy to its end. */
    run: (tool: string, ...args: string[]) =>
      runNode(['--import', 'tsx', at(`tools/${tool}/main.ts`), ...args], { cwd: folder.path }),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
}
