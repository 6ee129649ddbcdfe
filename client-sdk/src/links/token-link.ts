import type { TRPCLink } from '@trpc/client';
import { hasReason } from './client-error.ts';
import { repeated, withContext } from './operation.ts';
import type { Router } from './operation.ts';

/**
 * Returns the access token for one try of a call. The client asks before every try, so return a cached token while it
 * is valid. `forceRefresh` says that the server has just refused that token, so that a new one is needed.
 *
 * @example
 * ```ts
 * const token: TokenProvider = async ({ forceRefresh }) => {
 *   const { accessToken } = await msal.acquireTokenSilent({ scopes, forceRefresh });
 *   return accessToken;
 * };
 * const client = createTurnkeeperClient({ url, token });
 * ```
 */
export type TokenProvider = (request: TokenRequest) => string | Promise<string>;

/**
 * The argument of a token provider.
 *
 * @example
 * ```ts
 * const token = ({ forceRefresh }: TokenRequest) => (forceRefresh ? signIn.renew() : signIn.token());
 * ```
 */
export interface TokenRequest {
  /** True if the server has refused the last token. */
  readonly forceRefresh: boolean;
}

/**
 * Sends a call once more, with a new token, when the server refuses the token: nothing of that call has run. A watch
 * may outlive many tokens, so each event that it gets allows another refresh.
 */
export function tokenLink(): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      let isFresh = false;
      return repeated({
        op,
        next,
        onEvent() {
          isFresh = false;
        },
        again(error, failed) {
          if (isFresh || !hasReason(error, 'UNAUTHENTICATED')) return null;
          isFresh = true;
          return withContext(failed, { forceRefresh: true, wasUnknown: error.isOutcomeUnknown });
        },
      });
    };
}
