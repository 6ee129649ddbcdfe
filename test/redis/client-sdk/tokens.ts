import type { TokenProvider, TokenRequest } from '../../../client-sdk/src/index.ts';

/** Returns `token-1` until a renewal is forced, and records the requests. */
export function tokens() {
  const asked: TokenRequest[] = [];
  let made = 1;
  const token: TokenProvider = (request) => {
    asked.push(request);
    if (request.forceRefresh) made += 1;
    return `token-${made}`;
  };
  return { token, asked };
}
