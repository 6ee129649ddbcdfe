/**
 * Every failure of a call becomes one of the product's errors here, and nowhere else: bad input, a request that is no
 * call, an unknown caller, tRPC's own errors, and whatever nobody expected. `error-shape` writes them for the wire,
 * `report-failure` into the log.
 *
 * A message is safe to show. An error that is not understood keeps its cause for the log and gives the caller an id only.
 */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { failureReasons } from '../../contract/errors.ts';
import type { FailureReason, Issue } from '../../contract/errors.ts';
import { wireLimits } from '../../contract/limits.ts';
import { TurnkeeperError, isTurnkeeperError } from '../domain/errors.ts';
import { cutTo } from '../domain/json.ts';

/** An error that should not have happened. Its message says only the id under which the log has it. */
export class UnexpectedError extends TurnkeeperError<'INTERNAL'> {
  readonly errorId: string;

  constructor(errorId: string, cause: unknown) {
    super('INTERNAL', `Something went wrong on the server. When you report it, quote ${errorId}.`, { cause });
    this.errorId = errorId;
  }
}

/** The authenticator failed, or took too long, so the caller is not known. The log has the cause under the id. */
export class CallerUnknown extends TurnkeeperError<'AUTHENTICATION_UNAVAILABLE'> {
  readonly errorId: string;

  constructor(errorId: string, cause: unknown) {
    const message = `The server can't check who is calling right now. Try again. When you report it, quote ${errorId}.`;
    super('AUTHENTICATION_UNAVAILABLE', message, { cause, retryAfterMs: 1_000 });
    this.errorId = errorId;
  }
}

/** The caller's credentials are missing or wrong. */
export class CallerRefused extends TurnkeeperError<'UNAUTHENTICATED'> {
  /** False: the credentials are wrong. */
  readonly isMissing: boolean;

  constructor({
    message,
    isMissing = false,
  }: {
    readonly message: string;
    readonly isMissing?: boolean | undefined;
  }) {
    super('UNAUTHENTICATED', message);
    this.isMissing = isMissing;
  }
}

/**
 * Returns the headers of an answer that HTTP has for a failure, names and values in turn: for one about the caller's token
 * `WWW-Authenticate` (RFC 6750, 3), and for one by a limit `Retry-After` (RFC 6585, 4), in whole seconds.
 */
export function failureHeaders(failure: unknown): readonly string[] {
  if (isTurnkeeperError(failure, 'RATE_LIMITED')) {
    return ['retry-after', String(Math.ceil((failure.retryAfterMs ?? 0) / 1000))];
  }
  const challenge = challengeFor(failure);
  return challenge === null ? [] : ['www-authenticate', challenge];
}

function challengeFor(failure: unknown): string | null {
  if (isTurnkeeperError(failure, 'ROLE_NOT_ALLOWED'))
    return bearerError('insufficient_scope', failure.message);
  if (!isTurnkeeperError(failure, 'UNAUTHENTICATED')) return null;
  if (failure instanceof CallerRefused && failure.isMissing) return 'Bearer';
  return bearerError('invalid_token', failure.message);
}

function bearerError(error: string, description: string): string {
  // The characters that the standard allows there.
  const shown = description.replaceAll('"', "'").replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '');
  return `Bearer error="${error}", error_description="${shown}"`;
}

/** The kinds of requests that are refused before they become calls. */
const refusals = {
  METHOD_NOT_SUPPORTED: { reason: 'INVALID_INPUT', httpStatus: 405 },
  UNSUPPORTED_MEDIA_TYPE: { reason: 'INVALID_INPUT', httpStatus: 415 },
  BAD_REQUEST: { reason: 'INVALID_INPUT', httpStatus: 400 },
  FORBIDDEN: { reason: 'ADDRESS_NOT_ALLOWED', httpStatus: 403 },
  PAYLOAD_TOO_LARGE: { reason: 'PAYLOAD_TOO_LARGE', httpStatus: 413 },
  /** tRPC has no code for it. */
  HEADERS_TOO_LARGE: { reason: 'PAYLOAD_TOO_LARGE', httpStatus: 431 },
} as const satisfies Record<string, { reason: FailureReason; httpStatus: number }>;

/** A request that is refused before it becomes a call, with its HTTP status. */
export class RequestRefused extends TurnkeeperError {
  readonly code: Exclude<keyof typeof refusals, 'HEADERS_TOO_LARGE'>;
  readonly httpStatus: number;

  constructor(kind: keyof typeof refusals, message: string) {
    super(refusals[kind].reason, message);
    this.code = kind === 'HEADERS_TOO_LARGE' ? 'PAYLOAD_TOO_LARGE' : kind;
    this.httpStatus = refusals[kind].httpStatus;
  }
}

/** The message for a request that has no input, or has it in the wrong place. */
export const envelopeMessage =
  'The request must carry its input as JSON, wrapped as superjson does: {"json": { … }}.';

const incomparableMessage =
  'The input holds an object whose `toString` or `valueOf` is no function, where a text is expected.';

/** Returns an INVALID_INPUT that lists every fault by its place; the message names the first. */
export function invalidInput(
  summary: string,
  issues: readonly Issue[],
  cause?: unknown,
): TurnkeeperError<'INVALID_INPUT'> {
  const [first] = issues;
  if (first === undefined || first.path === '') {
    // A fault without a place mostly means an input that was sent without superjson's envelope.
    return new TurnkeeperError('INVALID_INPUT', envelopeMessage, { issues, cause });
  }
  const place = cutTo(first.path, wireLimits.issuePathChars);
  const fault = cutTo(first.message, wireLimits.issueMessageChars);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new TurnkeeperError('INVALID_INPUT', `${summary}: ${place}: ${fault}${more}`, { issues, cause });
}

/** The issues of a schema's error. An unknown key gets its own path, so that a client can point at it. */
function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a known key' }));
  });
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

/** tRPC asks for an error's shape and reports the error in either order: both must get the same failure. */
const failures = new WeakMap<TRPCError, TurnkeeperError>();

/**
 * Returns the product's error for anything thrown, always the same one for the same tRPC error. An error that is not
 * understood becomes an UnexpectedError, under the id that `newErrorId` makes.
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
  // zod compares whatever has a `length`, a text or not, and such an object can't be compared.
  if (thrown.cause instanceof TypeError && thrown.code === 'BAD_REQUEST')
    return new TurnkeeperError('INVALID_INPUT', incomparableMessage, { cause: thrown });
  const reason = reasonOfCode[thrown.code];
  if (reason === undefined) return new UnexpectedError(newErrorId(), thrown);
  return new TurnkeeperError(reason, messageOfCode[thrown.code] ?? envelopeMessage, { cause: thrown });
}

/** The error as tRPC throws it; the cause carries everything else. */
export function toTrpcError(failure: TurnkeeperError): TRPCError {
  return new TRPCError({
    code: failureReasons[failure.reason].code,
    message: failure.message,
    cause: failure,
  });
}
