import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The files that are meant: each file itself, and the `.json` files that lie directly in each folder, by name. What
 * can't be looked at is taken for a file, whose reading then says what is wrong.
 */
export async function findFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => ((await isFolder(path)) ? filesIn(path) : [path])),
  );
  return found.flat();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.json'))
    .map(({ name }) => join(folder, name))
    .sort();
}
