import { AgentFailure } from '../../answer/agent-failure.ts';
import { connectionFailure } from '../connection-failure.ts';
import { singleUseBody } from '../single-use-body.ts';

export interface Post {
  readonly url: string;
  /** JSON. */
  readonly body: string;
}

/**
 * Sends one POST, once: no redirect is followed, so the token stays with the host it is for, and nothing is sent again.
 * The signal's abort closes the connection, also when the answer's body is being read.
 * @throws AgentFailure when no answer begins
 */
export async function post({ url, body }: Post, token: string, signal: AbortSignal): Promise<Response> {
  // What fetch says of a header it can't send quotes it.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new AgentFailure('refused', 'the access token is not one that a header can carry');
  }
  const bytes = new TextEncoder().encode(body);
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'User-Agent': 'turnkeeper',
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
        'Cache-Control': 'no-cache',
        Pragma: 'no-cache',
        'Content-Length': String(bytes.byteLength),
      },
      body: singleUseBody(bytes),
      duplex: 'half',
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw connectionFailure(error);
  }
}
