import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { readRetryAfter } from '../../post.ts';

interface EntraNetworkOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  /** Aborts every request, also while its answer is read. */
  readonly signal: AbortSignal;
}

const largestAnswerBytes = 1_048_576;

/**
 * The HTTP client that msal-node uses to reach the authority. msal-node's own client sets no bounds: an authority that
 * hangs would block every caller, an answer could have any size, and a redirect would be followed with the
 * application's secret.
 */
export class EntraNetwork implements INetworkModule {
  readonly #options: EntraNetworkOptions;
  /** The HTTP status of the last request's answer; null if there was none. */
  status: number | null = null;
  /** The pause that the answer asked for, in milliseconds, if it was a refusal. */
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
    // msal-node declares the type that it expects, and checks the value itself.
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
