import type { AccessTokens } from '../access-tokens.ts';

/** One token for everything, for development: it can't be renewed. */
export function fixedAccessToken(token: string): AccessTokens {
  return { get: () => Promise.resolve(token), renew: () => Promise.resolve(token) };
}
