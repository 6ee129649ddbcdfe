import { fileURLToPath } from 'node:url';
import { loadDefinitions } from '../../server/definitions/load-definitions.ts';
import type { WorkflowDefinition } from '../../workflows/definition/index.ts';

const shipped = fileURLToPath(new URL('../../workflows', import.meta.url));
let loading: Promise<readonly WorkflowDefinition[]> | null = null;

/** Returns the shipped workflows. A worker compiles those in TypeScript once, for all its test files. */
export function shippedDefinitions(): Promise<readonly WorkflowDefinition[]> {
  return (loading ??= load());
}

async function load(): Promise<readonly WorkflowDefinition[]> {
  const loaded = await loadDefinitions(shipped);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.definitions;
}
