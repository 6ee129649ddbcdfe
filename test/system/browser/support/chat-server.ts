import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGuidedAgent } from '../../../../server/agents/guided/guided-agent.ts';
import type { Agent } from '../../../../server/orchestrator/ports/agent.ts';
import type { ReloadedWorkflows } from '../../../../server/orchestrator/ports/current-workflows.ts';
import { systemClock } from '../../../../server/system-clock.ts';
import type { WorkflowDefinition } from '../../../../workflows/definition/index.ts';
import { oncePerRun } from '../../../support/once-per-run.ts';
import { startTestServer } from '../../../support/running-server.ts';
import { shippedDefinitions } from '../../../support/shipped-definitions.ts';

const buildChat = fileURLToPath(new URL('../../../../tools/build-chat.mjs', import.meta.url));

interface ChatServerOptions {
  /** @default the guided agent */
  readonly agent?: Agent;
  /** @default the shipped workflows */
  readonly definitions?: readonly WorkflowDefinition[];
  /** Replaces the definitions, as `turnkeeper dev` does. */
  readonly reloaded?: ReloadedWorkflows;
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole server that serves the chat page of the current sources; use with `await using`. */
export async function startChatServer(options: ChatServerOptions = {}) {
  const { agent = createGuidedAgent({ clock: systemClock }), env = {} } = options;
  await upToDatePage();
  const definitions = options.definitions ?? (await shippedDefinitions());
  const testEnv = {
    // Tests close their pages before the server, so nobody waits for its last answers.
    SHUTDOWN_GRACE_MS: '0',
    // Tests look at the page while the agent answers, for as long as a busy machine takes.
    TURN_TIMEOUT_MS: '600000',
  };
  const { reloaded } = options;
  return startTestServer({
    agent,
    definitions,
    env: { ...testEnv, ...env },
    ...(reloaded === undefined ? {} : { reloaded }),
  });
}

/** Builds the page if its sources are newer than it; fails with the build's own error. */
const upToDatePage = () =>
  oncePerRun('chat-page', async () => {
    await promisify(execFile)(process.execPath, [buildChat]);
  });
