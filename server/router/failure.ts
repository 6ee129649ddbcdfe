import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { TurnkeeperError, failureReasons, isTurnkeeperError } from '../domain/errors.ts';
import type { FailureReason, Issue } from '../domain/errors.ts';

/** Something that should not have happened. Says nothing but the id under which the log has it. */
export class UnexpectedError extends TurnkeeperError<'INTERNAL'> {
  readonly errorId: string;

  constructor(errorId: string, cause: unknown) {
    super('INTERNAL', `Something went wrong on the server. When you report it, quote ${errorId}.`, { cause });
    this.errorId = errorId;
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

const bodyMessage = 'The request must carry its input as JSON, wrapped as superjson does: {"json": { … }}.';

const messageOfCode: Partial<Record<TRPCError['code'], string>> = {
  NOT_FOUND: 'There is no such procedure.',
  METHOD_NOT_SUPPORTED: 'Queries are called with GET, mutations with POST.',
  UNSUPPORTED_MEDIA_TYPE: 'The request body must have the content type application/json.',
  PAYLOAD_TOO_LARGE: 'The request body is too large.',
};

/**
 * Turns anything thrown into the product's error: the one place where that is decided. What is not understood comes
 * back as UnexpectedError, under the id that `newErrorId` makes.
 */
export function toFailure(thrown: unknown, newErrorId: () => string): TurnkeeperError {
  if (isTurnkeeperError(thrown)) return thrown;
  if (!(thrown instanceof TRPCError)) return new UnexpectedError(newErrorId(), thrown);
  if (isTurnkeeperError(thrown.cause)) return thrown.cause;
  if (thrown.cause instanceof z.ZodError && thrown.code === 'BAD_REQUEST') return invalidInput(thrown.cause);
  const reason = reasonOfCode[thrown.code];
  if (reason === undefined) return new UnexpectedError(newErrorId(), thrown);
  return new TurnkeeperError(reason, messageOfCode[thrown.code] ?? bodyMessage, {
    cause: thrown,
  });
}

/** Bad input, with every fault by its place. */
function invalidInput(error: z.ZodError): TurnkeeperError<'INVALID_INPUT'> {
  const issues: Issue[] = error.issues.flatMap(issuesOf);
  const [first, ...others] = issues;
  if (first === undefined || first.path === '') {
    // The whole is wrong where it was sent without superjson's wrapping.
    return new TurnkeeperError('INVALID_INPUT', bodyMessage, { issues, cause: error });
  }
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const message = `The input is not valid: ${first.path}: ${first.message}${more}`;
  return new TurnkeeperError('INVALID_INPUT', message, { issues, cause: error });
}

/** An unknown key is named by its own path, so that a client can point at it. */
function issuesOf(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a known key' }));
}

/** The error as tRPC throws it; the cause carries everything else. */
export function toTrpcError(failure: TurnkeeperError): TRPCError {
  return new TRPCError({
    code: failureReasons[failure.reason].code,
    message: failure.message,
    cause: failure,
  });
}
