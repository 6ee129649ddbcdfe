import type { Identity } from '../../../domain/identity.ts';

/** The person on whose behalf the service is called. */
export interface TokenCaller {
  readonly identity: Identity;
  /** The caller's own access token, to get a token in the user's name; null if there is none. */
  readonly userToken: string | null;
}

/**
 * A source of tokens for Copilot Studio. It keeps a token while it is valid, renews it before it expires, and fetches
 * it once for all callers who wait for it. A caller whose signal aborts stops waiting, without ending the fetch for the
 * others. No error contains a token.
 */
export interface AccessTokens {
  /**
   * Returns a token that is valid now.
   * @throws AgentFailure when there is none; the signal's reason when it aborts
   */
  get(caller: TokenCaller, signal: AbortSignal): Promise<string>;
  /**
   * Returns another token than the one that the service just refused, or the same one if there can be no other.
   * @throws AgentFailure when there is none; the signal's reason when it aborts
   */
  renew(refusedToken: string, caller: TokenCaller, signal: AbortSignal): Promise<string>;
}

/** A single fixed token, for development. It can't be renewed. */
export function fixedAccessToken(token: string): AccessTokens {
  return { get: () => Promise.resolve(token), renew: () => Promise.resolve(token) };
}
