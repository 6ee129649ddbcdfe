import type { TokenProvider } from './token-link.ts';
import type { CallContext } from './operation.ts';

/** An answer of something else than a Turnkeeper server: a proxy in front of it, or another program at that address. */
export class NotATurnkeeperAnswer extends Error {
  readonly httpStatus: number;
  /** The wait that the answer asks for, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor({ status, headers }: Response) {
    super(`the answer with status ${status} is not a Turnkeeper server's`);
    this.httpStatus = status;
    this.retryAfterMs = retryAfterMsOf(headers.get('retry-after'), Date.now());
  }
}

/**
 * Reads the header `Retry-After`, in milliseconds from now: seconds, or a date, which is over at the end of its second.
 */
export function retryAfterMsOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date + 1000 - now);
}

/** A failure of the caller's own function for the headers or the token, so that nothing was sent. */
export class HeadersUnavailable extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Makes the headers of one try, so that they may change between tries. */
export type HeadersSource = () => Record<string, string> | Promise<Record<string, string>>;

/** The caller's functions that identify a request's sender. */
export interface Identification {
  readonly headers: HeadersSource | undefined;
  readonly token: TokenProvider | undefined;
}

/**
 * Makes the headers of one try. The token takes precedence over an `authorization` header.
 * @throws HeadersUnavailable
 */
export async function headersFor(
  { forceRefresh = false }: CallContext,
  { headers, token }: Identification,
): Promise<Record<string, string>> {
  try {
    const given = (await headers?.()) ?? {};
    if (token === undefined) return checked(given);
    const withoutToken = Object.entries(given).filter(([name]) => name.toLowerCase() !== 'authorization');
    const authorization = `Bearer ${await token({ forceRefresh })}`;
    return checked({ ...Object.fromEntries(withoutToken), authorization });
  } catch (cause) {
    throw new HeadersUnavailable(cause);
  }
}

/**
 * A header that no request can carry would otherwise fail like an unreachable server, with an error that quotes the
 * token.
 */
function checked(headers: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw new TypeError(`"${name}" has a name or a value that no header can have`);
    }
  }
  return headers;
}

interface HttpAnswer {
  readonly ok: boolean;
  json(): Promise<unknown>;
}

/** Wraps fetch so that it returns a Turnkeeper server's whole answers only. */
export function fetchAnswer(fetch: typeof globalThis.fetch) {
  return async (url: unknown, init: unknown): Promise<HttpAnswer> => {
    const response = await fetch(String(url), init as RequestInit);
    const body = await answerIn(response);
    return { ok: response.ok, json: () => Promise.resolve(body) };
  };
}

/**
 * Reads an answer's body. The body's form tells a Turnkeeper server's answer from another page, which may be JSON, too.
 * @throws NotATurnkeeperAnswer
 */
export async function answerIn(response: Response): Promise<object> {
  const body = parseJson(await response.text());
  if (!isAnswer(body, response.ok)) throw new NotATurnkeeperAnswer(response);
  return body;
}

/** A result, or an error with its reason, in the envelopes of tRPC and superjson. */
function isAnswer(body: unknown, isOk: boolean): body is object {
  if (isOk && typeof propertyOf(body, 'result') === 'object') return true;
  const data = propertyOf(propertyOf(propertyOf(body, 'error'), 'json'), 'data');
  return typeof propertyOf(data, 'reason') === 'string';
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
