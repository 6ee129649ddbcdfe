import { stat } from 'node:fs/promises';

interface WorkflowsFolder {
  readonly dir: string;
  /** True if an argument or the environment names it, so that it has to exist. */
  readonly isNamed: boolean;
}

/** The folder of definitions that a command works on: the given one, that of WORKFLOWS_DIR, or else `workflows` here. */
export function workflowsFolder(given: string | undefined): WorkflowsFolder {
  const named = given ?? process.env['WORKFLOWS_DIR'] ?? '';
  return named === '' ? { dir: 'workflows', isNamed: false } : { dir: named, isNamed: true };
}

/**
 * The folder of definitions, for a command that can't do without.
 * @throws Error if there is none
 */
export async function existingWorkflowsFolder(given: string | undefined): Promise<string> {
  const { dir } = workflowsFolder(given);
  if (await isFolder(dir)) return dir;
  throw new Error(`There is no folder ${dir}. Name the folder of your definitions, or set WORKFLOWS_DIR.`);
}

/** False for a path that can't be inspected, too. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
