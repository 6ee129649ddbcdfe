import { TRPCClientError } from '@trpc/client';
import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { ErrorData, ErrorShape } from '../../../contract/errors.ts';
import { TurnkeeperClientError } from './client-error.ts';
import type { ClientFailureReason } from './client-error.ts';
import { contextOf } from './operation.ts';
import type { Router } from './operation.ts';
import { NotSendable } from './sendable-json.ts';
import { HeadersUnavailable, NotATurnkeeperAnswer } from './transport.ts';

/**
 * Makes each failure below it a tRPC error whose cause is the client's error. It keeps the server's shape for tRPC's
 * callers.
 */
export function errorLink(url: string): TRPCLink<Router> {
  return () =>
    ({ op, next }) =>
      observable((observer) =>
        next(op).subscribe({
          next: (envelope) => observer.next(envelope),
          complete: () => observer.complete(),
          error(thrown) {
            const { turnId, wasUnknown } = contextOf(op);
            const isWatch = op.type === 'subscription';
            const error = toClientError(thrown, { url, turnId, isWatch, wasUnknown: !isWatch && wasUnknown });
            observer.error(toTrpcError(error, thrown.shape as ErrorShape | undefined));
          },
        }),
      );
}

function toTrpcError(cause: TurnkeeperClientError, shape: ErrorShape | undefined): TRPCClientError<Router> {
  const { message } = cause;
  return new TRPCClientError(message, shape === undefined ? { cause } : { cause, result: { error: shape } });
}

interface FailedCall {
  readonly url: string;
  readonly turnId: string | undefined;
  /** True if an earlier try of the call may have taken effect. @default false */
  readonly wasUnknown?: boolean | undefined;
  /** True for a watch, which retries whatever could not be reached. @default false */
  readonly isWatch?: boolean;
}

/** Turns whatever a try threw into the client's error. The decision is made here only. */
export function toClientError(thrown: unknown, call: FailedCall): TurnkeeperClientError {
  const { turnId, wasUnknown = false } = call;
  const data = errorDataOf(thrown);
  if (data !== null && thrown instanceof Error) {
    const { reason, isOutcomeUnknown = wasUnknown && !settling.has(reason), ...detail } = data;
    return new TurnkeeperClientError(reason, thrown.message, {
      ...detail,
      isOutcomeUnknown,
      turnId,
      cause: thrown,
    });
  }
  const cause = thrown instanceof TRPCClientError ? (thrown.cause ?? thrown) : thrown;
  if (cause instanceof NotSendable) return notSendable(cause, turnId);
  return unreachable(cause, call);
}

/** The reasons that a server gives only after it has looked for the turn's id: no earlier try has stored anything. */
const settling: ReadonlySet<ClientFailureReason> = new Set([
  ...(['AGENT_FAILED', 'AGENT_TIMEOUT', 'TURN_INTERRUPTED', 'LEASE_LOST', 'STATE_CHANGED'] as const),
  ...(['CHOICES_UNAVAILABLE'] as const),
  ...(['WORKFLOW_ENDED', 'FIELDS_MISSING', 'UNKNOWN_CARD', 'DEFINITION_CHANGED', 'TURN_ID_REUSED'] as const),
]);

/** Returns the server's own words about an error, or `null` where no server has answered. */
function errorDataOf(thrown: unknown): ErrorData | null {
  if (!(thrown instanceof TRPCClientError)) return null;
  // The wire's edge: an error with data was answered, so the data is what the server's error formatter wrote.
  return (thrown.data as ErrorData | null | undefined) ?? null;
}

function notSendable(
  { path, message, cause }: NotSendable,
  turnId: string | undefined,
): TurnkeeperClientError<'INVALID_INPUT'> {
  return new TurnkeeperClientError('INVALID_INPUT', `Only plain JSON can be sent, but ${path} ${message}.`, {
    retryable: false,
    issues: [{ path, message }],
    turnId,
    cause,
  });
}

function unreachable(
  cause: unknown,
  { url, turnId, wasUnknown = false, isWatch = false }: FailedCall,
): TurnkeeperClientError<'UNREACHABLE'> {
  if (cause instanceof HeadersUnavailable) {
    const message = `The headers for the server at ${url} could not be made: ${cause.message}`;
    return new TurnkeeperClientError('UNREACHABLE', message, {
      retryable: false,
      isOutcomeUnknown: wasUnknown,
      turnId,
      cause: cause.cause,
    });
  }
  if (cause instanceof NotATurnkeeperAnswer) {
    const { httpStatus, retryAfterMs } = cause;
    return new TurnkeeperClientError('UNREACHABLE', describeAnswer(url, httpStatus), {
      retryable: mayPass(httpStatus),
      retryAfterMs,
      isOutcomeUnknown: wasUnknown || !isRefusal(httpStatus),
      httpStatus,
      turnId,
      cause,
    });
  }
  const obstacle = obstacleIn(cause);
  const message =
    obstacle === null
      ? `The server at ${url} could not be reached, or the connection broke before it answered.`
      : `The server at ${url} could not be reached (${obstacle}).`;
  return new TurnkeeperClientError('UNREACHABLE', message, {
    // Fetch refuses some ports, however often a call is tried.
    retryable: isWatch || obstacle !== 'bad port',
    isOutcomeUnknown: wasUnknown || obstacle === null,
    turnId,
    cause,
  });
}

function describeAnswer(url: string, httpStatus: number): string {
  switch (httpStatus) {
    case 429:
      return `There were too many requests: the server at ${url}, or a proxy in front of it, accepts no more for now.`;
    case 431:
      return `The headers are too large for the server at ${url}. Is the token very long?`;
    case 502:
    case 503:
    case 504:
      return `The server at ${url} could not be reached: a proxy in front of it answered with status ${httpStatus}.`;
    default:
      return `The address ${url} answered with status ${httpStatus}, but it is not a Turnkeeper server.`;
  }
}

/** Returns whether a proxy that answers with this status may let the next try through. */
function mayPass(httpStatus: number): boolean {
  return httpStatus >= 500 || httpStatus === 408 || httpStatus === 429;
}

/** Returns whether an answer with this status means that nothing of the request was done. */
function isRefusal(httpStatus: number): boolean {
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408;
}

/** The codes of Node's errors that arise before a connection is made, or trusted. */
const codesBefore =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT.*|UNABLE_TO_.*|HOSTNAME_MISMATCH)$|CERT|SSL_WRONG_VERSION/;
/** Such errors that have no code of their own. Fetch refuses some ports. */
const messagesBefore = /^bad port$|before secure TLS/;

/**
 * Returns the reason why a request certainly never left, or `null` where the server may have received it. Browsers do
 * not report the reason, so there it is always `null`.
 */
function obstacleIn(thrown: unknown): string | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code = '', syscall, message } = error as NodeJS.ErrnoException;
    if (codesBefore.test(code) || syscall === 'connect') return code;
    if (messagesBefore.test(message)) return message;
  }
  return null;
}
