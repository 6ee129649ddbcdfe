import type { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import type { AccessTokens } from '../../../../../server/agents/copilot-studio/access-token/access-tokens.ts';
import { entraAccessTokens } from '../../../../../server/agents/copilot-studio/access-token/entra-access-tokens.ts';
import type { EntraApplication } from '../../../../../server/agents/copilot-studio/access-token/entra-application.ts';
import { connectionSettings } from '../../../../../server/agents/copilot-studio/endpoint.ts';
import type { CopilotStudioAddress } from '../../../../../server/agents/copilot-studio/endpoint.ts';
import type { Clock } from '../../../../../server/orchestrator/ports/clock.ts';
import { systemClock } from '../../../../../server/system-clock.ts';
import type { FakeEntra } from './fake-entra.ts';

export const tenantId = '11111111-2222-3333-4444-555555555555';
export const clientId = '66666666-7777-8888-9999-000000000000';
export const clientSecret = 'the-secret-of-the-application';

export const somewhere: CopilotStudioAddress = {
  kind: 'named',
  environmentId: 'Default-11111111-2222-3333-4444-555555555555',
  schemaName: 'cr_agent',
  agentType: 'Published',
};

interface TokensOfOptions {
  readonly mode?: EntraApplication['mode'];
  readonly clock?: Clock;
  readonly authority?: string;
  readonly connection?: ConnectionSettings;
}

/** The tokens of the fake Entra, for an agent in the public cloud. */
export function tokensOf(entra: FakeEntra, options: TokensOfOptions = {}): AccessTokens {
  const { mode = 'client-credentials', clock = systemClock, authority = entra.url } = options;
  const { connection = connectionSettings(somewhere, 'Prod') } = options;
  return entraAccessTokens({
    application: { mode, tenantId, clientId, clientSecret, authority },
    connection,
    clock,
    fetch: entra.fetch,
  });
}
