import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { oncePerRun } from './once-per-run.ts';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));
const shipped = join(projectDir, 'workflows');

/**
 * Returns a folder of the shipped workflows with those in TypeScript as JavaScript, made once for the whole run. A server
 * compiles a definition in TypeScript when it starts, which takes longer than all else of its start, and the tests start
 * hundreds.
 */
export function compiledWorkflows(): Promise<string> {
  return oncePerRun('compiled-workflows', async (dir) => {
    const files = (await readdir(shipped)).map((name) => join(shipped, name));
    await symlink(join(projectDir, 'node_modules'), join(dir, 'node_modules'));
    await build({
      entryPoints: files.filter((file) => file.endsWith('.ts')),
      outdir: dir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    for (const file of files.filter((name) => name.endsWith('.json')))
      await cp(file, join(dir, file.slice(shipped.length)));
  });
}
