import { createHash } from 'node:crypto';
import { ConfidentialClientApplication } from '@azure/msal-node';
import type { AuthenticationResult } from '@azure/msal-node';
import { TurnkeeperError } from '../../../domain/errors.ts';
import type { TokenCaller } from '../access-tokens.ts';
import type { FetchedToken, TokenSource } from './cached-access-tokens.ts';
import type { EntraApplication } from './entra-application.ts';
import { toEntraFailure } from './entra-failure.ts';
import { EntraNetwork } from './entra-network.ts';

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
