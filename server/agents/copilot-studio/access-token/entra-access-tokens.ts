import { createHash } from 'node:crypto';
import { ScopeHelper } from '@microsoft/agents-copilotstudio-client';
import type { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import { ConfidentialClientApplication, InteractionRequiredAuthError, ServerError } from '@azure/msal-node';
import type { AuthenticationResult } from '@azure/msal-node';
import type { Clock } from '../../../orchestrator/ports/clock.ts';
import type { AccessTokens, TokenCaller } from '../access-tokens.ts';
import { CachedAccessTokens } from './cached-access-tokens.ts';
import type { FetchedToken, TokenSource } from './cached-access-tokens.ts';
import type { EntraApplication } from './entra-application.ts';
import { TurnkeeperError, isTurnkeeperError } from '../../../domain/errors.ts';
import { EntraNetwork } from './entra-network.ts';
import { AgentFailure } from '../../../answer/agent-failure.ts';

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

interface EntraTokenSourceOptions {
  readonly application: EntraApplication;
  /** What the token is for, `https://api.powerplatform.com/.default`. */
  readonly scope: string;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}

/** Tokens of Microsoft Entra ID, asked for through msal-node. */
export function entraTokenSource({ application, scope, fetch, now }: EntraTokenSourceOptions): TokenSource {
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
 * One for each token: msal-node's own cache never forgets a user, and its throttling takes all users for one. So what
 * one user's request left behind is never in another's reach (I8).
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
      // Configured, hence trusted: otherwise the public cloud would be asked about an authority that msal-node doesn't know.
      knownAuthorities: [new URL(authority).host],
    },
    system: { networkClient },
  });
}

function readResult(result: AuthenticationResult | null): FetchedToken {
  if (result === null || result.accessToken === '') throw new Error('the answer holds no token');
  const expiresAt = result.expiresOn?.getTime() ?? Number.NaN;
  // A life that is no number must not be taken for an endless one.
  return { token: result.accessToken, expiresAt: Number.isFinite(expiresAt) ? expiresAt : 0 };
}

/** A user's tokens are nobody else's, and end with what they signed in with. */
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

interface Refusal {
  readonly mode: EntraApplication['mode'];
  /** The HTTP status of the last answer; null when there was none. */
  readonly status: number | null;
  readonly retryAfterMs: number | undefined;
}

/** OAuth's errors (RFC 6749, 5.2; OpenID Connect Core, 3.1.2.6) that are about what the user signed in with. */
const aboutTheUser = ['invalid_grant', 'interaction_required', 'consent_required', 'login_required'];

/**
 * Why the authority gave no token, in codes alone: what it says in words may quote what it was sent. The agent was not
 * asked for anything yet.
 */
export function toEntraFailure(error: unknown, { mode, status, retryAfterMs }: Refusal): Error {
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
