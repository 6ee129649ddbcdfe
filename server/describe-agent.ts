import type { AgentSettings } from './settings/agents.ts';
import type { CopilotStudioSettings } from './settings/copilot-studio.ts';

/**
 * The agent, and in whose name it is asked, for people. Shows only the origin of an address: the rest may hold a
 * secret.
 */
export function describeAgent(settings: AgentSettings): string[] {
  switch (settings.provider) {
    case 'guided':
      return ['guided, built in'];
    case 'copilot-studio':
      return [`copilot-studio, ${placeOf(settings)}`, tokenOf(settings)];
    case 'openai-compatible':
      return [`openai-compatible, the model ${settings.model} at ${new URL(settings.baseUrl).origin}`];
  }
}

function placeOf({ address, cloud }: CopilotStudioSettings): string {
  switch (address.kind) {
    case 'direct':
      return `at ${new URL(address.url).origin}`;
    case 'named':
      return `${address.schemaName} in the environment ${address.environmentId} (${cloud})`;
  }
}

function tokenOf({ token }: CopilotStudioSettings): string {
  if (token.kind === 'fixed') return 'asked with one token for all callers (COPILOT_ACCESS_TOKEN)';
  const { mode, clientId } = token.application;
  switch (mode) {
    case 'client-credentials':
      return `asked in the name of the application ${clientId}`;
    case 'on-behalf-of':
      return `asked in each caller's name, through the application ${clientId}`;
  }
}
