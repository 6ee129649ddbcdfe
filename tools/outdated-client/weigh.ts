import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { gzipBudgets, hooksPeers } from '../../test/system/package/budgets.ts';
import { bundleForBrowser } from '../../test/system/package/browser-bundle.ts';
import { compile, ways } from '../../test/support/compile.ts';
import type { InstalledClient } from './installed-client.ts';

interface WeighedPackage {
  readonly version: string;
  /** Its minified bytes in the bundle of the hooks; 0 if the bundle has none of it. */
  readonly bytes: number;
}

export interface Weighed {
  readonly packages: ReadonlyMap<string, WeighedPackage>;
  readonly bundles: readonly { readonly name: string; readonly gzipBytes: number; readonly limit: number }[];
  /** The compiler's errors for each way to compile a program; empty without errors. */
  readonly types: readonly { readonly name: string; readonly complaints: string }[];
}

/** Bundles and compiles the samples of test/system/package in a project with the client installed. */
export async function weigh({ dir, packages }: InstalledClient): Promise<Weighed> {
  const client = await bundleForBrowser(dir, await sample('browser.js'));
  const hooks = await bundleForBrowser(dir, await sample('hooks.js'), hooksPeers);
  const versions = await Promise.all(packages.map((name) => versionOf(dir, name)));
  return {
    packages: new Map(
      packages.map((name, index) => [
        name,
        { version: versions[index] ?? '', bytes: hooks.bytesOf.get(name) ?? 0 },
      ]),
    ),
    bundles: [
      { name: 'client', gzipBytes: client.gzipBytes, limit: gzipBudgets.client },
      { name: 'hooks', gzipBytes: hooks.gzipBytes, limit: gzipBudgets.hooks },
    ],
    types: await compileSamples(dir),
  };
}

async function compileSamples(dir: string): Promise<Weighed['types']> {
  const files = { 'typed.ts': await sample('typed.ts'), 'hooks.tsx': await sample('hooks.tsx') };
  const compiled = Object.entries(ways).map(async ([name, options]) => ({
    name,
    complaints: await compile(dir, files, { ...options, jsx: 'react-jsx' }),
  }));
  return Promise.all(compiled);
}

function sample(name: string): Promise<string> {
  return readFile(new URL(`../../test/system/package/samples/${name}`, import.meta.url), 'utf8');
}

async function versionOf(dir: string, name: string): Promise<string> {
  const manifest = await readFile(join(dir, 'node_modules', name, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}
