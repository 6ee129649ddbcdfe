import { copyFile, mkdir, readFile, rm, writeFile, readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { writeDeclarations } from './write-declarations.ts';

/**
 * Builds the folder from which `@turnkeeper/client` is packed and published: JavaScript for Node and browsers, type
 * declarations that import its dependencies only, the licence and a manifest.
 */
export async function buildClient(root: string, outDir: string): Promise<void> {
  const sdk = join(root, 'client-sdk');
  const manifest = parseSourceManifest(await readFile(join(sdk, 'package.json'), 'utf8'));
  const entries = Object.fromEntries(
    Object.entries(manifest.exports).map(([subpath, file]) => [entryName(subpath), join(sdk, file)]),
  );
  // Files of an earlier build would be packed too.
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: outDir,
    bundle: true,
    packages: 'external',
    format: 'esm',
    splitting: true,
    chunkNames: 'shared',
    platform: 'neutral',
    target: 'es2022',
    sourcemap: true,
    logLevel: 'warning',
  });
  await namePackageSources(outDir, sdk);
  await writeDeclarations({ root, entries, outDir });
  await copyFile(join(sdk, 'README.md'), join(outDir, 'README.md'));
  await copyFile(join(root, 'LICENSE'), join(outDir, 'LICENSE'));
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
}

/** The parts of the workspace's manifest that are published, and `exports`, which name source files there. */
const sourceManifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  keywords: z.array(z.string()),
  author: z.string(),
  license: z.string(),
  type: z.literal('module'),
  sideEffects: z.literal(false),
  engines: z.record(z.string(), z.string()),
  exports: z.record(z.string().regex(/^\.(\/[a-z]+)?$/), z.string()),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })).optional(),
});

type SourceManifest = z.infer<typeof sourceManifest>;

function parseSourceManifest(text: string): SourceManifest {
  return sourceManifest.parse(JSON.parse(text));
}

/** Returns the base name of an entry's files: `index` for `.`, `react` for `./react`. */
function entryName(subpath: string): string {
  return subpath === '.' ? 'index' : subpath.slice('./'.length);
}

/** Returns the published manifest. Its `exports` name the built files: npm does not apply `publishConfig.exports`. */
function publishedManifest({ exports, ...repeated }: SourceManifest): object {
  const built = Object.keys(exports).map((subpath) => {
    const name = entryName(subpath);
    return [subpath, { types: `./${name}.d.ts`, default: `./${name}.js` }] as const;
  });
  return {
    ...repeated,
    exports: { ...Object.fromEntries(built), './package.json': './package.json' },
    // For tools that don't know `exports`.
    main: './index.js',
    types: './index.d.ts',
    files: ['*.js', '*.js.map', '*.d.ts'],
  };
}

const sourceMap = z.looseObject({ sources: z.array(z.string()) });

/**
 * Rewrites the sources in the built source maps to paths within the package (`./src/…`). The bundler's own paths lead
 * out of the package, so a stack trace would name a folder that does not exist.
 * @param packageDir the folder that has the `src` of all sources
 * @throws Error for a source from another folder
 */
async function namePackageSources(outDir: string, packageDir: string): Promise<void> {
  for (const name of await readdir(outDir)) {
    if (!name.endsWith('.js.map')) continue;
    const file = join(outDir, name);
    const map = sourceMap.parse(JSON.parse(await readFile(file, 'utf8')));
    const sources = map.sources.map((source) => {
      const path = relative(packageDir, resolve(outDir, source)).replaceAll('\\', '/');
      if (!path.startsWith('src/')) throw new Error(`${name} has a source that is not the client's: ${path}`);
      return `./${path}`;
    });
    await writeFile(file, JSON.stringify({ ...map, sources }));
  }
}
