import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a program of the project in `root` into an empty folder, and returns the path of the bundle. The bundle runs as
 * the built package does: `tsx` would wrap each function in a call that keeps its name, which shows in what a turn costs.
 * @param edited the sources that take the place of files, by their paths
 */
export async function bundleProgram(
  root: string,
  program: string,
  dir: string,
  edited: ReadonlyMap<string, string> = new Map(),
): Promise<string> {
  await symlink(join(projectDir, 'node_modules'), join(dir, 'node_modules'));
  await build({
    entryPoints: [{ in: join(root, program), out: 'program' }],
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What the program imports only when it needs it stays apart.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // jiti and pino load files of their own folders, a workflow file shares the server's zod, and nobody installs
    // telemetry.
    external: ['jiti', 'pino', 'pino-pretty', 'zod', '@opentelemetry/*'],
    plugins: [keepPlaces(edited)],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  });
  return bundleIn(dir);
}

export const bundleIn = (dir: string): string => join(dir, 'program.mjs');

/**
 * The sources find files (Lua scripts, workflows, the chat page) from their own places, which they keep in a bundle.
 */
const keepPlaces = (edited: ReadonlyMap<string, string>): Plugin => ({
  name: 'keep-places',
  setup(bundling) {
    bundling.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined;
      const source = edited.get(path) ?? (await readFile(path, 'utf8'));
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
});
