import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that all test files share, deleted after the run. */
    folderForTheRun: string;
  }
}

const looksEveryMs = 50;

/**
 * Makes something costly once for the whole run, although test files run in separate processes: the first caller makes
 * it in a folder, the others wait for it. If it fails, it fails for all callers.
 */
export async function oncePerRun(name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const folder = join(inject('folderForTheRun'), name);
  const dir = join(folder, 'made');
  const outcomeFile = join(folder, 'outcome');
  if (!(await isFirst(folder))) {
    const outcome = await outcomeOf(outcomeFile);
    if (outcome !== '') throw new Error(`${name} could not be made: ${outcome}`);
    return dir;
  }
  try {
    await mkdir(dir);
    await make(dir);
  } catch (error) {
    await tell(outcomeFile, error instanceof Error ? error.message : String(error));
    throw error;
  }
  await tell(outcomeFile, '');
  return dir;
}

async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (isCoded(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Writes to another name and renames, so that no other process reads half of the file. */
async function tell(file: string, outcome: string): Promise<void> {
  await writeFile(`${file}.part`, outcome);
  await rename(`${file}.part`, file);
}

/** Resolves with an empty text once it is made, otherwise with the error. The caller's own timeout bounds the wait. */
async function outcomeOf(file: string): Promise<string> {
  for (;;) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (!isCoded(error, 'ENOENT')) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, looksEveryMs));
  }
}

function isCoded(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
