import { context, propagation } from '@opentelemetry/api';
import { AgentFailure } from '../answer/agent-failure.ts';

/** One POST of JSON to an agent's service. */
export interface Post {
  readonly url: string;
  /** JSON. */
  readonly body: string;
  /** The token or key that goes into the Authorization header; null for none. */
  readonly bearer: string | null;
  /** Headers beyond those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends one POST, once: the agent must not hear a turn twice. No redirect is followed, so the credential stays with the
 * host that it is for. No header is added by the environment or a library, but for the `traceparent` of an operator's
 * OpenTelemetry SDK. The signal's abort closes the connection, also while the body of the response is read.
 * @throws AgentFailure when no response begins
 */
export async function post({ url, body, bearer, headers }: Post, signal: AbortSignal): Promise<Response> {
  // The error of fetch for a header that it can't send quotes the header.
  if (bearer !== null && !/^[\x21-\x7e]+$/.test(bearer)) {
    throw new AgentFailure('refused', 'the access token is not one that a header can carry');
  }
  // The trace that the turn belongs to, where one is recorded (server/observability/tracing.ts): without an SDK, nothing.
  const traceHeaders: Record<string, string> = {};
  propagation.inject(context.active(), traceHeaders);
  const bytes = new TextEncoder().encode(body);
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
        'User-Agent': 'turnkeeper',
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
        'Content-Length': String(bytes.byteLength),
        ...headers,
        ...traceHeaders,
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

/**
 * A body that can be read only once. If a server answers 421, `fetch` sends a body again when it can read it again (RFC
 * 9110, 15.5.20).
 */
function singleUseBody(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** The codes of certificates that fail the check before anything is sent (Node.js, `tls`). */
const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * The outcome of the turn after an error of fetch: `refused` only if there was no connection, so that nothing was sent.
 * The error itself is dropped: it may name hosts, and quote what was sent.
 */
export function connectionFailure(error: unknown): AgentFailure {
  const code = causeCode(error);
  return isNeverConnected(error, code)
    ? new AgentFailure('refused', `the service can't be reached${inBrackets(code)}`)
    : new AgentFailure('ambiguous', `the connection broke before the answer began${inBrackets(code)}`);
}

/** The outcome of the turn after an error while the body of a response is read. */
export function connectionLost(error: unknown): AgentFailure {
  const code = inBrackets(causeCode(error));
  return new AgentFailure('ambiguous', `the connection broke in the middle of the answer${code}`);
}

function isNeverConnected(error: unknown, code: string | null): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  // fetch tried several addresses, and none could be reached.
  if (cause instanceof AggregateError) return true;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || (code !== null && certificateCodes.has(code))) return true;
  if (!(cause instanceof Error) || !('syscall' in cause)) return false;
  return cause.syscall === 'connect' || cause.syscall === 'getaddrinfo';
}

/**
 * The code of an error's cause, as `fetch` and its streams set it; null if there is none. A code is a fixed word; the
 * message beside it may name hosts, and quote what was sent.
 */
function causeCode(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !('code' in cause)) return null;
  return typeof cause.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(cause.code) ? cause.code : null;
}

function inBrackets(code: string | null): string {
  return code === null ? '' : ` (${code})`;
}

/** The longest pause that is reported: nobody waits longer, and Node's timers take at most 24 days. */
const longestPauseMs = 86_400_000;

/**
 * Reads the pause that a `Retry-After` header asks for: seconds, or a date (RFC 9110, 10.2.3). Returns milliseconds
 * from now, or undefined if the header can't be read.
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : dateOf(value) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestPauseMs);
}

/** Reads only the format that servers must send (IMF-fixdate): Date.parse alone finds a date in nearly any text. */
function dateOf(value: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
}
