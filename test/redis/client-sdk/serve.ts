import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { loadDefinitions } from '../../../server/definitions/load-definitions.ts';
import type { Agent } from '../../../server/orchestrator/ports/agent.ts';
import { startTestServer } from '../../support/running-server.ts';

/** A whole server over HTTP and the run's real Redis, with the shipped workflows and the given agent. */
export async function serve(agent: Agent) {
  const parsed = parseEnvironment({});
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const loaded = await loadDefinitions(parsed.settings.workflowsDir);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return startTestServer({ definitions: loaded.definitions, agent });
}
