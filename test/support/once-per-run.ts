import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that all test files share, and that is gone after the run. */
    folderForTheRun: string;
  }
}

const looksEveryMs = 50;

/**
 * Makes what is costly once for the whole run, though test files run in processes of their own: the first that asks makes
 * it in a folder, the others wait for it. If that fails, it fails for all of them.
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

/** The others must not read half of it. */
async function tell(file: string, outcome: string): Promise<void> {
  await writeFile(`${file}.part`, outcome);
  await rename(`${file}.part`, file);
}

/** Empty once it is made, otherwise the reason why it could not be. The caller's own time limit bounds the wait. */
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
