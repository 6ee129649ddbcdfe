import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WatchedDefinitions } from '../../server/definitions/watched-definitions.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * A folder of definitions that a test edits, watched as `turnkeeper dev` watches one; use with `await using`.
 * @param files the texts of its first files, by name
 */
export async function editedFolder(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  let readings = 0;
  const watched = await WatchedDefinitions.open(folder.path, {
    onReload: () => void (readings += 1),
  });
  /** Waits until the folder was read again after a change. */
  const afterReading = async (change: () => Promise<void>): Promise<void> => {
    const before = readings;
    const read = new Promise<void>((resolve) => {
      const stop = watched.onNews(() => {
        if (readings === before) return;
        stop();
        resolve();
      });
    });
    await change();
    await read;
  };
  return {
    watched,
    /** Saves a file as many editors do: another file takes its name. */
    save: (name: string, text: string) =>
      afterReading(async () => {
        await writeFile(join(folder.path, `${name}.new`), text);
        await rename(join(folder.path, `${name}.new`), join(folder.path, name));
      }),
    remove: (name: string) => afterReading(() => rm(join(folder.path, name))),
    [Symbol.asyncDispose]: async () => {
      await watched.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
