import type { Agent } from '../../../server/orchestrator/ports/agent.ts';
import { startTestServer } from '../../support/running-server.ts';
import { shippedDefinitions } from '../../support/shipped-definitions.ts';

/** A whole server over HTTP and the run's real Redis, with the shipped workflows and the given agent. */
export const serve = async (agent: Agent) =>
  startTestServer({ definitions: await shippedDefinitions(), agent });
