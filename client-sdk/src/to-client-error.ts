import { TRPCClientError } from '@trpc/client';
import type { ErrorData } from '../../contract/errors.ts';
import { TurnkeeperClientError } from './client-error.ts';
import type { ClientFailureReason } from './client-error.ts';
import { neverLeftFor } from './never-left.ts';
import { NotSendable } from './sendable-json.ts';
import { HeadersUnavailable, NotATurnkeeperAnswer } from './transport.ts';

interface FailedCall {
  readonly url: string;
  readonly turnId: string | undefined;
  /** Whether an earlier try of the call may have taken effect. @default false */
  readonly wasUnknown?: boolean;
  /** Whether it is a watch: one goes by its policy wherever nothing can be reached. @default false */
  readonly isWatch?: boolean;
}

/** Turns whatever a try threw into the client's error: the one place where that is decided. */
export function toClientError(thrown: unknown, call: FailedCall): TurnkeeperClientError {
  const { turnId, wasUnknown = false } = call;
  const data = errorDataOf(thrown);
  if (data !== null && thrown instanceof Error) {
    const { reason, isOutcomeUnknown = wasUnknown && !settling.has(reason), ...detail } = data;
    return new TurnkeeperClientError(reason, thrown.message, {
      ...{ ...detail, isOutcomeUnknown, turnId },
      cause: thrown,
    });
  }
  const cause = thrown instanceof TRPCClientError ? (thrown.cause ?? thrown) : thrown;
  if (cause instanceof NotSendable) return notSendable(cause, turnId);
  return unreachable(cause, call);
}

/** What a server says once it has looked for the turn's id: an earlier try of it has stored nothing. */
const settling: ReadonlySet<ClientFailureReason> = new Set([
  ...(['AGENT_FAILED', 'AGENT_TIMEOUT', 'TURN_INTERRUPTED', 'LEASE_LOST', 'STATE_CHANGED'] as const),
  ...(['WORKFLOW_ENDED', 'FIELDS_MISSING', 'UNKNOWN_CARD', 'DEFINITION_CHANGED', 'TURN_ID_REUSED'] as const),
]);

/** What the server says about an error; `null` where it did not get to say anything. */
function errorDataOf(thrown: unknown): ErrorData | null {
  if (!(thrown instanceof TRPCClientError)) return null;
  // The wire's edge: an error that has data was answered, so it is what the server's error formatter made of it.
  return (thrown.data as ErrorData | null | undefined) ?? null;
}

function notSendable(
  { path, message, cause }: NotSendable,
  turnId: string | undefined,
): TurnkeeperClientError<'INVALID_INPUT'> {
  return new TurnkeeperClientError('INVALID_INPUT', `Only plain JSON can be sent, but ${path} ${message}.`, {
    ...{ retryable: false, issues: [{ path, message }], turnId, cause },
  });
}

function unreachable(
  cause: unknown,
  { url, turnId, wasUnknown = false, isWatch = false }: FailedCall,
): TurnkeeperClientError<'UNREACHABLE'> {
  if (cause instanceof HeadersUnavailable) {
    const message = `The headers for the server at ${url} could not be made: ${cause.message}`;
    return new TurnkeeperClientError('UNREACHABLE', message, {
      ...{ retryable: false, isOutcomeUnknown: wasUnknown, turnId },
      cause: cause.cause,
    });
  }
  if (cause instanceof NotATurnkeeperAnswer) {
    const { httpStatus, retryAfterMs } = cause;
    return new TurnkeeperClientError('UNREACHABLE', describeAnswer(url, httpStatus), {
      ...{ retryable: mayPass(httpStatus), retryAfterMs, httpStatus, turnId, cause },
      isOutcomeUnknown: wasUnknown || !isRefusal(httpStatus),
    });
  }
  const obstacle = neverLeftFor(cause);
  const message =
    obstacle === null
      ? `The server at ${url} could not be reached, or the connection broke before it answered.`
      : `The server at ${url} could not be reached (${obstacle}).`;
  return new TurnkeeperClientError('UNREACHABLE', message, {
    // Fetch asks nothing of some ports, however often it is tried.
    ...{ retryable: isWatch || obstacle !== 'bad port', turnId, cause },
    isOutcomeUnknown: wasUnknown || obstacle === null,
  });
}

function describeAnswer(url: string, httpStatus: number): string {
  switch (httpStatus) {
    case 429:
      return `There were too many requests: the server at ${url}, or what stands in front of it, takes no more for now.`;
    case 431:
      return `The headers are too large for the server at ${url}. Is the token very long?`;
    case 502:
    case 503:
    case 504:
      return `The server at ${url} could not be reached: what stands in front of it answers with status ${httpStatus}.`;
    default:
      return `What answers at ${url}, with status ${httpStatus}, is not a Turnkeeper server.`;
  }
}

/** Whether a proxy that answers with this status may let the next try through. */
function mayPass(httpStatus: number): boolean {
  return httpStatus >= 500 || httpStatus === 408 || httpStatus === 429;
}

/** Whether whoever answers with this status has done nothing of what was asked. */
function isRefusal(httpStatus: number): boolean {
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408;
}
