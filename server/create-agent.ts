import type { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import { fixedAccessToken } from './agents/copilot-studio/access-token/access-tokens.ts';
import type { AccessTokens } from './agents/copilot-studio/access-token/access-tokens.ts';
import { createGuidedAgent } from './agents/guided/guided-agent.ts';
import type { AgentSettings } from './settings/agents.ts';
import type { CopilotStudioSettings } from './settings/copilot-studio.ts';
import type { Agent } from './orchestrator/ports/agent.ts';
import type { Clock } from './orchestrator/ports/clock.ts';

/**
 * Creates the agent that the settings choose. Loads no other agent's libraries: they take longer than the rest of a
 * start.
 * @throws Error when the agent can't be created from its settings
 */
export async function createAgent(settings: AgentSettings, clock: Clock): Promise<Agent> {
  switch (settings.provider) {
    case 'guided':
      return createGuidedAgent({ clock });
    case 'copilot-studio':
      return createCopilotStudio(settings, clock);
    case 'openai-compatible': {
      const { createOpenAiCompatibleAgent } =
        await import('./agents/openai-compatible/openai-compatible-agent.ts');
      return createOpenAiCompatibleAgent({ ...settings, clock });
    }
  }
}

async function createCopilotStudio(settings: CopilotStudioSettings, clock: Clock): Promise<Agent> {
  const { address, cloud, token, cardSubmit, locale } = settings;
  const { createCopilotStudioAgent } = await import('./agents/copilot-studio/copilot-studio-agent.ts');
  const { connectionSettings } = await import('./agents/copilot-studio/endpoint.ts');
  const connection = connectionSettings(address, cloud);
  return createCopilotStudioAgent({
    connection,
    tokens: await accessTokens(token, connection, clock),
    clock,
    cardSubmit,
    locale,
  });
}

async function accessTokens(
  token: CopilotStudioSettings['token'],
  connection: ConnectionSettings,
  clock: Clock,
): Promise<AccessTokens> {
  switch (token.kind) {
    case 'fixed':
      return fixedAccessToken(token.token);
    case 'entra': {
      const { entraAccessTokens } =
        await import('./agents/copilot-studio/access-token/entra-access-tokens.ts');
      return entraAccessTokens({ application: token.application, connection, clock });
    }
  }
}
