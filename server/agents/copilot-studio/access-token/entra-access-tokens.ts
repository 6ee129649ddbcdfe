import { createHash } from 'node:crypto';
import { ScopeHelper } from '@microsoft/agents-copilotstudio-client';
import type { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import { ConfidentialClientApplication, InteractionRequiredAuthError, ServerError } from '@azure/msal-node';
import type { AuthenticationResult } from '@azure/msal-node';
import type { Clock } from '../../../orchestrator/ports/clock.ts';
import type { AccessTokens, TokenCaller } from './access-tokens.ts';
import { CachedAccessTokens } from './cached-access-tokens.ts';
import type { FetchedToken, TokenSource } from './cached-access-tokens.ts';
import type { EntraApplication } from './entra-application.ts';
import { TurnkeeperError, isTurnkeeperError } from '../../../domain/errors.ts';
import { EntraNetwork } from './entra-network.ts';
import { AgentFailure } from '../../../answer/agent-failure.ts';

interface EntraAccessTokensOptions {
  readonly application: EntraApplication;
  /** The agent's address, which determines the token's scope. */
  readonly connection: ConnectionSettings;
  readonly clock: Clock;
  /** @default the built-in fetch */
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

interface EntraTokenSourceOptions {
  readonly application: EntraApplication;
  /** The scope of the token, `https://api.powerplatform.com/.default`. */
  readonly scope: string;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}

/** Tokens of Microsoft Entra ID, requested through msal-node. */
function entraTokenSource({ application, scope, fetch, now }: EntraTokenSourceOptions): TokenSource {
  const { mode } = application;
  return {
    keyOf: (caller) => (mode === 'on-behalf-of' ? keyOfUser(caller) : 'application'),
    fetchToken: async (caller, signal) => {
      const network = new EntraNetwork({ fetch, now, signal });
      try {
        const client = createClient(application, network);
        const request = { scopes: [scope], skipCache: true };
        return readResult(
          mode === 'on-behalf-of'
            ? await client.acquireTokenOnBehalfOf({ ...request, oboAssertion: userTokenOf(caller) })
            : await client.acquireTokenByClientCredential(request),
        );
      } catch (error) {
        signal.throwIfAborted();
        const { status, retryAfterMs } = network;
        throw toEntraFailure(error, { mode, status, retryAfterMs });
      }
    },
  };
}

/**
 * Creates a client for one token request. msal-node's own cache never forgets a user, and its throttling treats all
 * users as one; with a client of its own, no user's request can see another's data (I8).
 */
function createClient(
  { clientId, clientSecret, authority, tenantId }: EntraApplication,
  networkClient: EntraNetwork,
): ConfidentialClientApplication {
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority: `${authority}/${encodeURIComponent(tenantId)}`,
      // The authority is configured, hence trusted. Without this setting msal-node would ask the public cloud about an
      // authority that it doesn't know.
      knownAuthorities: [new URL(authority).host],
    },
    system: { networkClient },
  });
}

function readResult(result: AuthenticationResult | null): FetchedToken {
  if (result === null || result.accessToken === '') throw new Error('the answer holds no token');
  const expiresAt = result.expiresOn?.getTime() ?? Number.NaN;
  // An unreadable expiry must not count as endless.
  return { token: result.accessToken, expiresAt: Number.isFinite(expiresAt) ? expiresAt : 0 };
}

/**
 * The key of a user's token. A user's tokens are nobody else's, and end with the access token that they were made from.
 */
function keyOfUser(caller: TokenCaller): string {
  const { tenant, user } = caller.identity;
  return createHash('sha256')
    .update(JSON.stringify([tenant, user, userTokenOf(caller)]))
    .digest('base64');
}

function userTokenOf({ userToken }: TokenCaller): string {
  if (userToken !== null) return userToken;
  throw new TurnkeeperError(
    'UNAUTHENTICATED',
    'The agent is asked in your name: send your access token as "Authorization: Bearer …".',
  );
}

interface TokenRefusal {
  readonly mode: EntraApplication['mode'];
  /** The HTTP status of the last answer; null if there was none. */
  readonly status: number | null;
  readonly retryAfterMs: number | undefined;
}

/** OAuth's errors about the user's sign-in (RFC 6749, 5.2; OpenID Connect Core, 3.1.2.6). */
const aboutTheUser = ['invalid_grant', 'interaction_required', 'consent_required', 'login_required'];

/**
 * Converts an error of the authority to the error of the turn, `refused` because the agent was not asked yet. It states
 * codes only: the authority's words may quote what it was sent.
 */
function toEntraFailure(error: unknown, { mode, status, retryAfterMs }: TokenRefusal): Error {
  if (isTurnkeeperError(error)) return error;
  const codes = codesOf(error);
  const why = codes.length > 0 ? codes.join(', ') : describeStatus(status);
  const failure = new AgentFailure('refused', `Microsoft Entra ID gave no token for the agent (${why})`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  if (mode === 'client-credentials' || !aboutTheUser.some((code) => codes.includes(code))) return failure;
  return new TurnkeeperError(
    'UNAUTHENTICATED',
    `Microsoft Entra ID gave no token in your name for the agent (${why}): sign in again.`,
    { cause: failure },
  );
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof ServerError || error instanceof InteractionRequiredAuthError)) return [];
  const { errorCode, errorNo } = error;
  return [
    ...(/^[a-z_]{1,40}$/.test(errorCode) ? [errorCode] : []),
    ...(/^\d{1,10}$/.test(String(errorNo)) ? [`AADSTS${String(errorNo)}`] : []),
  ];
}

function describeStatus(status: number | null): string {
  if (status === null) return 'it could not be reached';
  return `its answer, HTTP ${status}, is not one of a token endpoint`;
}
