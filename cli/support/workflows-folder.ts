import { stat } from 'node:fs/promises';
import { formatFaults, loadDefinitions } from '../../server/definitions/load-definitions.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';

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

/**
 * Reads the definitions in a folder.
 * @throws Error that lists all faults
 */
export async function readDefinitions(dir: string): Promise<readonly WorkflowDefinition[]> {
  const loaded = await loadDefinitions(dir);
  if (loaded.ok) return loaded.definitions;
  throw new Error(`The workflow definitions have faults:\n${formatFaults(loaded.faults)}`);
}

/** False for a path that can't be inspected, too. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
