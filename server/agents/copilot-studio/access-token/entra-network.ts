import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { readRetryAfter } from '../../post.ts';

interface EntraNetworkOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  /** Ends every request, and the reading of its answer. */
  readonly signal: AbortSignal;
}

const largestAnswerBytes = 1_048_576;

/**
 * How msal-node reaches the authority. Its own client sets no bounds: an authority that hangs would hang every caller,
 * an answer may have any size, and a redirect would be followed with the application's secret.
 */
export class EntraNetwork implements INetworkModule {
  readonly #options: EntraNetworkOptions;
  /** The HTTP status of the last request's answer; null where there was none. */
  status: number | null = null;
  /** When that answer asked to be tried again, if it was a refusal. */
  retryAfterMs: number | undefined;

  constructor(options: EntraNetworkOptions) {
    this.#options = options;
  }

  sendGetRequestAsync<Body>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<Body>> {
    return this.#send<Body>(url, { method: 'GET', headers: options?.headers ?? {} });
  }

  sendPostRequestAsync<Body>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<Body>> {
    return this.#send<Body>(url, {
      method: 'POST',
      headers: options?.headers ?? {},
      body: options?.body ?? '',
    });
  }

  async #send<Body>(url: string, request: RequestInit): Promise<NetworkResponse<Body>> {
    const { fetch, now, signal } = this.#options;
    this.status = null;
    this.retryAfterMs = undefined;
    const response = await fetch(url, { ...request, signal, redirect: 'error' });
    this.status = response.status;
    if (!response.ok) this.retryAfterMs = readRetryAfter(response.headers.get('retry-after'), now());
    const body: unknown = JSON.parse(await readText(response));
    if (typeof body !== 'object' || body === null) throw new Error('the answer is no JSON object');
    // msal-node says what it expects here, and checks what there is.
    return { headers: Object.fromEntries(response.headers), body: body as Body, status: response.status };
  }
}

async function readText({ body }: Response): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength;
    if (size > largestAnswerBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
