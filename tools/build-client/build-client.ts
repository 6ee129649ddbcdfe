import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { namePackageSources } from './package-sources.ts';
import { entryName, parseSourceManifest, publishedManifest } from './package-manifest.ts';
import { writeDeclarations } from './write-declarations.ts';

/**
 * Builds the folder that `@turnkeeper/client` is packed and published from: JavaScript for Node and browsers,
 * declarations that need nothing but its dependencies, and a manifest that names them.
 */
export async function buildClient(root: string, outDir: string): Promise<void> {
  const sdk = join(root, 'client-sdk');
  const manifest = parseSourceManifest(await readFile(join(sdk, 'package.json'), 'utf8'));
  const entries = Object.fromEntries(
    Object.entries(manifest.exports).map(([subpath, file]) => [entryName(subpath), join(sdk, file)]),
  );
  // What an earlier build left would be packed along.
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
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
}
