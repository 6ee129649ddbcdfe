import type { TokenProvider, TokenRequest } from './access-token.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What answered is no Turnkeeper server: a proxy in front of it, or something else at that address. */
export class NotATurnkeeperAnswer extends Error {
  readonly httpStatus: number;
  /** When it asks to be asked again, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor({ status, headers }: Response) {
    super(`an answer with status ${status} that is none of a Turnkeeper server's`);
    this.httpStatus = status;
    this.retryAfterMs = readRetryAfter(headers.get('retry-after'), Date.now());
  }
}

/** The header `Retry-After` in milliseconds from now: seconds, or a date, which is over at the end of its second. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date + 1000 - now);
}

/** The caller's own function for the headers, or the token, failed, so nothing was sent. */
export class HeadersUnavailable extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Makes the headers of one try, so that a token can be renewed between tries. */
export type HeadersSource = () => Record<string, string> | Promise<Record<string, string>>;

interface CallerIdentification {
  readonly headers: HeadersSource | undefined;
  readonly token: TokenProvider | undefined;
}

/**
 * The headers of one try; the token's stands over one of the same name. Who makes them may have to ask a person first: they
 * are waited for until the signal aborts.
 * @throws HeadersUnavailable
 */
export async function headersFrom(
  identification: CallerIdentification,
  request: TokenRequest,
  signal: AbortSignal | undefined,
): Promise<Record<string, string>> {
  try {
    return await unlessAborted(madeHeaders(identification, request), signal);
  } catch (cause) {
    throw new HeadersUnavailable(cause);
  }
}

async function madeHeaders(
  { headers, token }: CallerIdentification,
  request: TokenRequest,
): Promise<Record<string, string>> {
  const own = (await headers?.()) ?? {};
  if (token === undefined) return checked(own);
  const withoutToken = Object.entries(own).filter(([name]) => name.toLowerCase() !== 'authorization');
  return checked({ ...Object.fromEntries(withoutToken), authorization: `Bearer ${await token(request)}` });
}

/** What no request can carry would fail as if the server could not be reached, and quote the token. */
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

interface Answer {
  readonly ok: boolean;
  json(): Promise<unknown>;
}

/** Fetches whole answers of a Turnkeeper server; another's page, which may well be JSON too, is told by its form. */
export function fetchAnswer(fetch: typeof globalThis.fetch) {
  return async (url: unknown, init: unknown): Promise<Answer> => {
    const response = await fetch(String(url), init as RequestInit);
    const body = await answerIn(response);
    return { ok: response.ok, json: () => Promise.resolve(body) };
  };
}

/** @throws NotATurnkeeperAnswer */
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
