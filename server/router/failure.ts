import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { failureReasons } from '../../contract/errors.ts';
import type { FailureReason } from '../../contract/errors.ts';
import { TurnkeeperError, isTurnkeeperError } from '../domain/errors.ts';
import { envelopeMessage, invalidInput, issuesOf } from './invalid-input.ts';

/** Something that should not have happened. Says nothing but the id under which the log has it. */
export class UnexpectedError extends TurnkeeperError<'INTERNAL'> {
  readonly errorId: string;

  constructor(errorId: string, cause: unknown) {
    super('INTERNAL', `Something went wrong on the server. When you report it, quote ${errorId}.`, { cause });
    this.errorId = errorId;
  }
}

/** The authenticator failed, or took too long: nobody knows who calls. The log has why, under the id. */
export class CallerUnknown extends TurnkeeperError<'AUTHENTICATION_UNAVAILABLE'> {
  readonly errorId: string;

  constructor(errorId: string, cause: unknown) {
    const message = `Who calls can't be checked just now. Try again. When you report it, quote ${errorId}.`;
    super('AUTHENTICATION_UNAVAILABLE', message, { cause, retryAfterMs: 1_000 });
    this.errorId = errorId;
  }
}

/** Why a request is refused before it becomes a call. */
const refusals = {
  METHOD_NOT_SUPPORTED: { reason: 'INVALID_INPUT', httpStatus: 405 },
  UNSUPPORTED_MEDIA_TYPE: { reason: 'INVALID_INPUT', httpStatus: 415 },
  BAD_REQUEST: { reason: 'INVALID_INPUT', httpStatus: 400 },
  FORBIDDEN: { reason: 'ADDRESS_NOT_ALLOWED', httpStatus: 403 },
  PAYLOAD_TOO_LARGE: { reason: 'PAYLOAD_TOO_LARGE', httpStatus: 413 },
  /** tRPC has no code for it. */
  HEADERS_TOO_LARGE: { reason: 'PAYLOAD_TOO_LARGE', httpStatus: 431 },
} as const satisfies Record<string, { reason: FailureReason; httpStatus: number }>;

/** A request that is refused before it becomes a call, with the HTTP status that says why. */
export class RequestRefused extends TurnkeeperError {
  readonly code: Exclude<keyof typeof refusals, 'HEADERS_TOO_LARGE'>;
  readonly httpStatus: number;

  constructor(why: keyof typeof refusals, message: string) {
    super(refusals[why].reason, message);
    this.code = why === 'HEADERS_TOO_LARGE' ? 'PAYLOAD_TOO_LARGE' : why;
    this.httpStatus = refusals[why].httpStatus;
  }
}

/** Errors that tRPC raises before a procedure runs, by their code. */
const reasonOfCode: Partial<Record<TRPCError['code'], FailureReason>> = {
  BAD_REQUEST: 'INVALID_INPUT',
  PARSE_ERROR: 'INVALID_INPUT',
  NOT_FOUND: 'INVALID_INPUT',
  METHOD_NOT_SUPPORTED: 'INVALID_INPUT',
  UNSUPPORTED_MEDIA_TYPE: 'INVALID_INPUT',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
};

const messageOfCode: Partial<Record<TRPCError['code'], string>> = {
  NOT_FOUND: 'There is no such procedure.',
  METHOD_NOT_SUPPORTED: 'Queries are called with GET, mutations with POST.',
  UNSUPPORTED_MEDIA_TYPE: 'The request body must have the content type application/json.',
  PAYLOAD_TOO_LARGE: 'The request body is too large.',
};

/** tRPC asks for an error's shape and reports the error in either order: both must come to the same failure. */
const failures = new WeakMap<TRPCError, TurnkeeperError>();

/**
 * Turns anything thrown into the product's error: the one place where that is decided. What is not understood comes
 * back as UnexpectedError, under the id that `newErrorId` makes; the same error always comes to the same failure.
 */
export function toFailure(thrown: unknown, newErrorId: () => string): TurnkeeperError {
  if (!(thrown instanceof TRPCError)) return failureOf(thrown, newErrorId);
  const failure = failures.get(thrown) ?? failureOf(thrown, newErrorId);
  failures.set(thrown, failure);
  return failure;
}

function failureOf(thrown: unknown, newErrorId: () => string): TurnkeeperError {
  if (isTurnkeeperError(thrown)) return thrown;
  if (!(thrown instanceof TRPCError)) return new UnexpectedError(newErrorId(), thrown);
  if (isTurnkeeperError(thrown.cause)) return thrown.cause;
  if (thrown.cause instanceof z.ZodError && thrown.code === 'BAD_REQUEST')
    return invalidInput('The input is not valid', issuesOf(thrown.cause), thrown.cause);
  const reason = reasonOfCode[thrown.code];
  if (reason === undefined) return new UnexpectedError(newErrorId(), thrown);
  return new TurnkeeperError(reason, messageOfCode[thrown.code] ?? envelopeMessage, {
    cause: thrown,
  });
}

/** The error as tRPC throws it; the cause carries everything else. */
export function toTrpcError(failure: TurnkeeperError): TRPCError {
  return new TRPCError({
    code: failureReasons[failure.reason].code,
    message: failure.message,
    cause: failure,
  });
}
