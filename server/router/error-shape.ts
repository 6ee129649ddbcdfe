import type { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import superjson from 'superjson';
import { failureReasons } from '../../contract/errors.ts';
import type { ErrorData, ErrorShape } from '../../contract/errors.ts';
import type { TurnkeeperError } from '../domain/errors.ts';
import { cutTo } from '../domain/json.ts';
import { OutcomeUnknown } from '../orchestrator/failures.ts';
import { CallerUnknown, RequestRefused, UnexpectedError, toFailure, toTrpcError } from './failure.ts';

interface Formatting {
  readonly error: TRPCError;
  readonly path: string | undefined;
  readonly showsCauses: boolean;
  readonly newErrorId: () => string;
  /** The caller expects that the conversation may not exist. @default false */
  readonly mayBeMissing?: boolean;
}

/** Writes a failed call's error for the wire. */
export function formatError({ error, newErrorId, ...shown }: Formatting): ErrorShape {
  return shapeOf(toFailure(error, newErrorId), shown);
}

function shapeOf(
  failure: TurnkeeperError,
  { path, showsCauses, mayBeMissing = false }: Omit<Formatting, 'error' | 'newErrorId'>,
): ErrorShape {
  const { code, httpStatus } = statusOf(failure);
  return {
    message: failure.message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: {
      code,
      // tRPC answers with this status, and a browser logs every status but 200 as an error.
      httpStatus: mayBeMissing && failure.reason === 'WORKFLOW_NOT_FOUND' ? 200 : httpStatus,
      ...(path === undefined ? {} : { path: cutTo(path, mostPathChars) }),
      reason: failure.reason,
      retryable: failure.retryable,
      ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
      ...(failure.runningForMs === undefined ? {} : { runningForMs: failure.runningForMs }),
      ...(failure instanceof OutcomeUnknown ? { isOutcomeUnknown: true } : {}),
      ...(failure.issues === undefined ? {} : { issues: failure.issues }),
      ...(hasErrorId(failure) ? { errorId: failure.errorId } : {}),
      ...(showsCauses ? causesOf(failure) : {}),
    },
  };
}

function statusOf(failure: TurnkeeperError): Pick<ErrorData, 'code' | 'httpStatus'> {
  if (failure instanceof RequestRefused) return { code: failure.code, httpStatus: failure.httpStatus };
  return {
    code: failureReasons[failure.reason].code,
    httpStatus: getHTTPStatusCodeFromError(toTrpcError(failure)),
  };
}

function hasErrorId(failure: TurnkeeperError): failure is UnexpectedError | CallerUnknown {
  return failure instanceof UnexpectedError || failure instanceof CallerUnknown;
}

// A path may be as long as its URL, and a cause as long as the input that it is about.
const mostPathChars = 100;
const mostCauseChars = 4_000;

function causesOf(failure: Error): Pick<ErrorData, 'stack' | 'cause'> {
  const { cause, stack } = failure;
  return {
    ...(stack === undefined ? {} : { stack: cutTo(stack, mostCauseChars) }),
    ...(cause instanceof Error ? { cause: cutTo(cause.stack ?? cause.message, mostCauseChars) } : {}),
  };
}

/** Writes the body of a request's refusal, in the form that tRPC's clients read. */
export function refusalBody(failure: RequestRefused): string {
  const shape = shapeOf(failure, { path: undefined, showsCauses: false });
  return JSON.stringify({ error: superjson.serialize(shape) });
}
