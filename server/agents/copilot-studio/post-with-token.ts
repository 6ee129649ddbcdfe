import { unlessAborted } from '../../answer/unless-aborted.ts';
import type { AccessTokens, TokenCaller } from './access-tokens.ts';
import { post } from './post.ts';
import type { Post } from './post.ts';

/**
 * Sends a POST with the caller's token. Only one that was refused for its token (401), which the agent never heard of,
 * is sent again, once, with a new token.
 * @throws as `post` and the tokens do; the signal's reason when it aborts before
 */
export async function postWithToken(
  tokens: AccessTokens,
  request: Post,
  { caller, signal }: { readonly caller: TokenCaller; readonly signal: AbortSignal },
): Promise<Response> {
  const untilAborted = unlessAborted(signal);
  const token = await untilAborted(() => tokens.get(caller, signal));
  const response = await post(request, token, signal);
  if (response.status !== 401) return response;
  const renewed = await untilAborted(() => tokens.renew(token, caller, signal));
  if (renewed === token) return response;
  response.body?.cancel().catch(() => undefined);
  return post(request, renewed, signal);
}
