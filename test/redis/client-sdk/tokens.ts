import type { TokenProvider, TokenRequest } from '../../../client-sdk/src/index.ts';

/** Gives `token-1` until another is asked for by force, and keeps what it was asked. */
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
