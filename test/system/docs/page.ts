import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file that a page tells its reader to write. */
export interface PageFile {
  readonly name: string;
  readonly code: string;
}

/** A page of `docs/`, by its name. */
export function readPage(name: string): Promise<string> {
  return readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
}

/** The files that a page shows: each is a block of code behind a line that ends in the file's name and a colon. */
export function filesIn(page: string): PageFile[] {
  return [...page.matchAll(/`([\w./-]+\.\w+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)].map(
    ([, name = '', code = '']) => ({ name, code }),
  );
}

/** All that a page shows in one language, whether it is a file or not. */
export function blocksIn(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, known, code = '']) =>
    known === language ? [code] : [],
  );
}

/** The one block that a page puts behind this comment. */
export function blockBehind(page: string, comment: string): string {
  const [, behind, ...others] = page.split(`<!-- ${comment} -->\n`);
  const block = /^```\w*\n([\s\S]*?)^```$/m.exec(behind ?? '')?.[1];
  if (block === undefined || others.length > 0) throw new Error(`"${comment}" must be there once`);
  return block;
}

/** Writes files as the page's reader does; a later one of the same name takes the place of the one before. */
export async function writeFiles(dir: string, files: readonly PageFile[]): Promise<void> {
  for (const { name, code } of files) {
    const path = join(dir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
}
