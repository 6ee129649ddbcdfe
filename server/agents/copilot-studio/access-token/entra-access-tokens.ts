import { ScopeHelper } from '@microsoft/agents-copilotstudio-client';
import type { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import type { Clock } from '../../../orchestrator/ports/clock.ts';
import type { AccessTokens } from '../access-tokens.ts';
import { CachedAccessTokens } from './cached-access-tokens.ts';
import type { EntraApplication } from './entra-application.ts';
import { entraTokenSource } from './entra-token-source.ts';

interface EntraAccessTokensOptions {
  readonly application: EntraApplication;
  /** Where the agent is: the token is for there. */
  readonly connection: ConnectionSettings;
  readonly clock: Clock;
  /** @default the built-in one */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Tokens of Microsoft Entra ID for the agent's cloud.
 * @throws Error when the connection settings name no cloud that has tokens
 */
export function entraAccessTokens(options: EntraAccessTokensOptions): AccessTokens {
  const { application, connection, clock, fetch = globalThis.fetch } = options;
  const scope = ScopeHelper.getScopeFromSettings(connection);
  return new CachedAccessTokens(
    entraTokenSource({ application, scope, fetch, now: () => clock.now() }),
    clock,
  );
}
