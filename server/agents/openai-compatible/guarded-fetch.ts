import { connectionFailure } from '../connection-failure.ts';
import { singleUseBody } from '../single-use-body.ts';
import { bounds } from './bounds.ts';

/** What the OpenAI library hands to `fetch`, as far as it is used. */
interface RequestParts {
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * The way out to the endpoint. Redirects are not followed: the key is for the configured host alone. The headers are
 * ours, so that neither the environment (`OPENAI_CUSTOM_HEADERS`) nor the library adds any. What an error says is cut
 * short and put into the one shape that the library reads.
 * @throws AgentFailure when no response came
 */
export function guardedFetch(apiKey: string | null) {
  const headers = {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'user-agent': 'turnkeeper',
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  return async (url: string | URL | Request, { body, signal }: RequestParts = {}): Promise<Response> => {
    const bytes = new TextEncoder().encode(String(body));
    const response = await post(url, {
      headers: { ...headers, 'content-length': String(bytes.length) },
      body: singleUseBody(bytes),
      signal: signal ?? null,
    });
    if (response.ok) return response;
    const said = await firstBytes(response.body);
    return new Response(JSON.stringify({ error: { message: said } }), {
      // The only error status that must not have a body.
      status: response.status === 304 ? 302 : response.status,
      headers: response.headers,
    });
  };
}

async function post(url: string | URL | Request, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, method: 'POST', redirect: 'manual', duplex: 'half' });
  } catch (error) {
    // Who aborted it knows what that means.
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw connectionFailure(error);
  }
}

async function firstBytes(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (bytes < bounds.errorBodyBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      text += decoder.decode(value.subarray(0, bounds.errorBodyBytes), { stream: true });
    }
  } catch {
    // The status is what counts; what it says of itself may be missing.
  }
  void reader.cancel().catch(() => undefined);
  return text;
}
