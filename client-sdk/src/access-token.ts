import { hasReason } from './client-error.ts';

/**
 * Gets the access token that a call is sent with. It is asked for every try, so let it answer from a cache while the token
 * lives; `forceRefresh` says that the server has just refused that token, so that another must be got.
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
 * What a token provider is told.
 *
 * @example
 * ```ts
 * const token = ({ forceRefresh }: TokenRequest) => (forceRefresh ? signIn.renew() : signIn.token());
 * ```
 */
export interface TokenRequest {
  /** Whether the server has refused the token that was got last. */
  readonly forceRefresh: boolean;
}

/** Sends once more, with a token got anew, what the server refused to take with the one at hand: nothing of it has run. */
export async function withFreshToken<Result>(
  attempt: (request: TokenRequest) => Promise<Result>,
  provider: TokenProvider | undefined,
): Promise<Result> {
  try {
    return await attempt({ forceRefresh: false });
  } catch (error) {
    if (provider === undefined || !hasReason(error, 'UNAUTHENTICATED')) throw error;
    return await attempt({ forceRefresh: true });
  }
}
