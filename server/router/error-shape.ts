import type { TRPCDefaultErrorShape, TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { failureReasons } from '../domain/errors.ts';
import type { FailureReason, Issue } from '../domain/errors.ts';
import { OutcomeUnknown } from '../orchestrator/outcome-unknown.ts';
import { UnexpectedError, toFailure, toTrpcError } from './failure.ts';

/**
 * What every error carries on the wire, under `data`.
 *
 * @example
 * ```ts
 * const wait = ({ retryable, retryAfterMs = 1_000 }: ErrorData): number | null =>
 *   retryable ? retryAfterMs : null;
 * ```
 */
export interface ErrorData {
  readonly code: (typeof failureReasons)[FailureReason]['code'];
  readonly httpStatus: number;
  readonly path?: string;
  readonly reason: FailureReason;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Of TURN_IN_PROGRESS: for how long the turn in the way has been running, in milliseconds. */
  readonly runningForMs?: number;
  /** Only where it is so: the call was sent to be stored, and may have taken effect. Every other error stored nothing. */
  readonly isOutcomeUnknown?: true;
  readonly issues?: readonly Issue[];
  /** Finds an unexpected error in the server's log. */
  readonly errorId?: string;
  /** Only in development. */
  readonly stack?: string;
  readonly cause?: string;
}

/**
 * An error as a tRPC client has it in `error.shape`.
 *
 * @example
 * ```ts
 * const explain = ({ message, data }: ErrorShape): string => `${message} (${data.reason})`;
 * ```
 */
export interface ErrorShape {
  readonly message: string;
  readonly code: TRPCDefaultErrorShape['code'];
  readonly data: ErrorData;
}

interface Formatting {
  readonly error: TRPCError;
  readonly path: string | undefined;
  readonly showsCauses: boolean;
  readonly newErrorId: () => string;
}

export function formatError({ error, path, showsCauses, newErrorId }: Formatting): ErrorShape {
  const failure = toFailure(error, newErrorId);
  const { code } = failureReasons[failure.reason];
  return {
    message: failure.message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: {
      code,
      httpStatus: getHTTPStatusCodeFromError(toTrpcError(failure)),
      ...(path === undefined ? {} : { path }),
      reason: failure.reason,
      retryable: failure.retryable,
      ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
      ...(failure.runningForMs === undefined ? {} : { runningForMs: failure.runningForMs }),
      ...(failure instanceof OutcomeUnknown ? { isOutcomeUnknown: true } : {}),
      ...(failure.issues === undefined ? {} : { issues: failure.issues }),
      ...(failure instanceof UnexpectedError ? { errorId: failure.errorId } : {}),
      ...(showsCauses ? developmentDetails(failure) : {}),
    },
  };
}

function developmentDetails(failure: Error): Pick<ErrorData, 'stack' | 'cause'> {
  const { cause, stack } = failure;
  return {
    ...(stack === undefined ? {} : { stack }),
    ...(cause instanceof Error ? { cause: cause.stack ?? cause.message } : {}),
  };
}
