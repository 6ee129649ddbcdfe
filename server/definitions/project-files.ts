/**
 * Marks of the files of a folder, by which changes are noticed without reading them.
 *
 * Events of the file system are not used: they get lost where a folder is taken away and comes back (of 120 tries, 16
 * with chokidar 5), between the reading of a new folder and the start of its watch, and in containers' mounts. A few
 * dozen calls of `stat` a second cost a server for development nothing that one would notice.
 */
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A mark for each file by its path: the file has changed if its mark has. */
export type FileMarks = ReadonlyMap<string, string>;

const codeOrData = /\.(json|[cm]?[jt]sx?)$/;

/** True for what is not in the folder, for packages, and for what programs keep hidden. */
export function isForeign(folder: string, path: string): boolean {
  const parts = relative(folder, path).split(sep);
  return parts.some((part) => part === '..' || isSkipped(part));
}

/**
 * Marks the code and data in a folder, and the folder itself.
 * @param others files from elsewhere
 */
export async function markFiles(folder: string, others: Iterable<string>): Promise<FileMarks> {
  const paths = [folder, ...(await filesIn(folder)), ...others];
  const marks = await Promise.all(
    paths.map(async (path) => [path, await markOf(path, path === folder)] as const),
  );
  return new Map(marks.flatMap(([path, mark]) => (mark === null ? [] : [[path, mark]])));
}

async function filesIn(folder: string): Promise<string[]> {
  // A folder that can't be read has no files; its own reading says why.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries
    .filter(({ name }) => !isSkipped(name))
    .map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return await filesIn(path);
      return codeOrData.test(entry.name) ? [path] : [];
    });
  return (await Promise.all(found)).flat();
}

function isSkipped(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

/** The paths whose marks differ, sorted. */
export function differences(before: FileMarks, after: FileMarks): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .sort();
}

/** Null for a file that is not there. A file's time of change is set by the system alone, so an old copy counts, too. */
async function markOf(path: string, isFolder: boolean): Promise<string | null> {
  try {
    const { ino, size, ctimeNs } = await stat(path, { bigint: true });
    return isFolder ? String(ino) : `${ino} ${size} ${ctimeNs}`;
  } catch {
    return null;
  }
}
