import type { Identity } from '../../domain/identity.ts';

/** On whose behalf the service is called. */
export interface TokenCaller {
  readonly identity: Identity;
  /** The caller's own access token, for a token in the user's name; null where there is none. */
  readonly userToken: string | null;
}

/**
 * Where the tokens for Copilot Studio come from. A token is kept while it is good, renewed before it runs out, and
 * fetched once for many callers at a time; whoever stops waiting (the signal aborts) leaves the others' fetch alone.
 * Either call may be given up on without being waited for, and neither puts a token into an error.
 */
export interface AccessTokens {
  /**
   * A token that is good for now.
   * @throws AgentFailure when there is none; the signal's reason when it aborts
   */
  get(caller: TokenCaller, signal: AbortSignal): Promise<string>;
  /**
   * Another token than the one that the service just refused, or the same where there can be no other.
   * @throws AgentFailure when there is none; the signal's reason when it aborts
   */
  renew(refusedToken: string, caller: TokenCaller, signal: AbortSignal): Promise<string>;
}

/** One token for everything, for development: it can't be renewed. */
export function fixedAccessToken(token: string): AccessTokens {
  return { get: () => Promise.resolve(token), renew: () => Promise.resolve(token) };
}
