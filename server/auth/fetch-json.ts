/** A document of an issuer could not be had. The code tells why, in words that nobody wrote: it goes into the log. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`the issuer's keys can't be had (${code})`, { cause });
    this.code = code;
  }
}

/** A discovery document or a key set has a few KB. */
const mostBytes = 262_144;

/**
 * Reads a JSON document over HTTP, within a time and a size. Redirects are not followed: they could lead to another
 * server than the one that is trusted.
 * @throws IssuerUnavailable
 */
export async function fetchJson(url: string, timeoutMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, {
      // The next request comes in minutes: a connection that is kept until then may be broken by then.
      headers: { accept: 'application/json', connection: 'close' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new IssuerUnavailable(`HTTP_${response.status}`);
    }
    return parseJson(await boundedText(response));
  } catch (error) {
    throw error instanceof IssuerUnavailable ? error : new IssuerUnavailable(codeOf(error), error);
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  // Node's types have the body's chunks as `any`.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    // Leaving the loop cancels the body.
    if (size > mostBytes) throw new IssuerUnavailable('TOO_LARGE');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IssuerUnavailable('NOT_JSON', error);
  }
}

/** The code of a failed fetch: of its cause (`ECONNREFUSED`), or TIMEOUT. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'FAILED';
  if (error.name === 'TimeoutError') return 'TIMEOUT';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'FAILED';
}
