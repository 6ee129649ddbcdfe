import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** A file that a page tells its reader to write. */
export interface PageFile {
  readonly name: string;
  readonly code: string;
}

/** A page of `docs/`, by its name. */
export function readPage(name: string): Promise<string> {
  return readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
}

/** Returns the files that a page shows: blocks of code after a line that ends in the file's name and a colon. */
export function filesIn(page: string): PageFile[] {
  return [...page.matchAll(/`([\w./-]+\.\w+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)].map(
    ([, name = '', code = '']) => ({ name, code }),
  );
}

/** Returns all blocks of one language on a page, whether they are files or not. */
export function blocksIn(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, known, code = '']) =>
    known === language ? [code] : [],
  );
}

/** Returns the one block that follows this comment on a page. */
export function blockAfter(page: string, comment: string): string {
  const [, after, ...others] = page.split(`<!-- ${comment} -->\n`);
  const block = /^```\w*\n([\s\S]*?)^```$/m.exec(after ?? '')?.[1];
  if (block === undefined || others.length > 0) throw new Error(`"${comment}" must be there once`);
  return block;
}

/** Writes files as the page's reader does; a later file replaces an earlier one of the same name. */
export async function writeFiles(dir: string, files: readonly PageFile[]): Promise<void> {
  for (const { name, code } of files) {
    const path = join(dir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
}

/** Compiles the page's programs once: `tsx` does it again at each start, with the packages that they use. */
export async function compilePrograms(dir: string, files: readonly PageFile[]): Promise<void> {
  await build({
    absWorkingDir: dir,
    entryPoints: files.flatMap(({ name }) => (name.endsWith('.ts') ? [name] : [])),
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
}

/** Returns the file that `compilePrograms` makes of a program. */
export function compiled(program: string): string {
  return program.replace(/\.ts$/, '.mjs');
}
