import { TRPCClientError } from '@trpc/client';
import type { ErrorData } from '../../server/router/error-shape.ts';
import { TurnkeeperClientError } from './client-error.ts';
import { HeadersUnavailable, NotATurnkeeperAnswer } from './transport.ts';

interface FailedCall {
  readonly url: string;
  readonly turnId: string | undefined;
}

/** Turns whatever a try threw into the client's error: the one place where that is decided. */
export function toClientError(thrown: unknown, { url, turnId }: FailedCall): TurnkeeperClientError {
  const data = errorDataOf(thrown);
  if (data !== null && thrown instanceof Error) {
    const { reason, ...detail } = data;
    return new TurnkeeperClientError(reason, thrown.message, {
      ...detail,
      turnId,
      cause: thrown,
    });
  }
  const cause = thrown instanceof TRPCClientError ? (thrown.cause ?? thrown) : thrown;
  return unreachable(cause, { url, turnId });
}

/** What the server says about an error; `null` where it did not get to say anything. */
function errorDataOf(thrown: unknown): ErrorData | null {
  if (!(thrown instanceof TRPCClientError)) return null;
  // The wire's edge: an error that has data was answered, so it is what the server's error formatter made of it.
  return (thrown.data as ErrorData | null | undefined) ?? null;
}

function unreachable(cause: unknown, { url, turnId }: FailedCall): TurnkeeperClientError<'UNREACHABLE'> {
  if (cause instanceof HeadersUnavailable) {
    const message = `The headers for the server at ${url} could not be made: ${cause.message}`;
    return new TurnkeeperClientError('UNREACHABLE', message, {
      retryable: false,
      turnId,
      cause: cause.cause,
    });
  }
  const httpStatus = cause instanceof NotATurnkeeperAnswer ? cause.httpStatus : undefined;
  const message = describeUnreachable(url, httpStatus);
  const retryable = httpStatus === undefined || mayPass(httpStatus);
  return new TurnkeeperClientError('UNREACHABLE', message, {
    ...{ retryable, httpStatus, turnId, cause },
    isOutcomeUnknown: true,
  });
}

function describeUnreachable(url: string, httpStatus: number | undefined): string {
  if (httpStatus === undefined)
    return `The server at ${url} could not be reached, or the connection broke before it answered.`;
  if (httpStatus >= 502 && httpStatus <= 504)
    return `The server at ${url} could not be reached: what stands in front of it answers with status ${httpStatus}.`;
  return `What answers at ${url}, with status ${httpStatus}, is not a Turnkeeper server.`;
}

/** Whether a proxy that answers with this status may let the next try through. */
function mayPass(httpStatus: number): boolean {
  return httpStatus >= 500 || httpStatus === 408 || httpStatus === 429;
}
