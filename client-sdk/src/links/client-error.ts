import type { FailureReason, Issue } from '../../../contract/errors.ts';

/**
 * The reason of a failed call: one of the server's, or `UNREACHABLE` when no Turnkeeper server answered.
 *
 * @example
 * ```ts
 * const advice: Partial<Record<ClientFailureReason, string>> = { TURN_IN_PROGRESS: 'One moment, please.' };
 * ```
 */
export type ClientFailureReason = FailureReason | 'UNREACHABLE';

interface ClientErrorDetail {
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly runningForMs?: number | undefined;
  readonly isOutcomeUnknown?: boolean;
  readonly issues?: readonly Issue[] | undefined;
  readonly errorId?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly turnId?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The error of every failed call, except one that its caller aborted (that throws the signal's reason). By the time it
 * is thrown, the client has retried whatever was retryable, except a turn that was interrupted.
 *
 * @example
 * ```ts
 * try {
 *   await conversation.turn('From 3 August, for two weeks');
 * } catch (error) {
 *   if (!isTurnkeeperError(error)) throw error;
 *   show(error.message, error.issues); // the message is safe to show
 * }
 * ```
 */
export class TurnkeeperClientError<Reason extends ClientFailureReason = ClientFailureReason> extends Error {
  override readonly name = 'TurnkeeperClientError';
  readonly reason: Reason;
  /** True if the same call may succeed later. */
  readonly retryable: boolean;
  /** The wait that the server asks for before another try, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Of TURN_IN_PROGRESS: the running time of the other turn, in milliseconds, if the server knew it. */
  readonly runningForMs: number | undefined;
  /** True if the call may have taken effect, because the server could not confirm it, or nobody answered. */
  readonly isOutcomeUnknown: boolean;
  /** The faults of the input, one entry each. */
  readonly issues: readonly Issue[] | undefined;
  /** The id of an unexpected error (INTERNAL) in the server's log. */
  readonly errorId: string | undefined;
  /** The status of the answer; `undefined` when there was none. */
  readonly httpStatus: number | undefined;
  /** The id of the turn that failed. Sent again with this id, the turn happens at most once. */
  readonly turnId: string | undefined;

  constructor(reason: Reason, message: string, detail: ClientErrorDetail) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.reason = reason;
    this.retryable = detail.retryable;
    this.retryAfterMs = detail.retryAfterMs;
    this.runningForMs = detail.runningForMs;
    this.isOutcomeUnknown = detail.isOutcomeUnknown ?? false;
    this.issues = detail.issues;
    this.errorId = detail.errorId;
    this.httpStatus = detail.httpStatus;
    this.turnId = detail.turnId;
  }
}

/**
 * Narrows anything thrown to the client's error.
 *
 * @example
 * ```ts
 * if (isTurnkeeperError(error) && error.retryable) offerToTryAgain(error.turnId);
 * ```
 */
export function isTurnkeeperError(error: unknown): error is TurnkeeperClientError {
  return error instanceof TurnkeeperClientError;
}

/**
 * Narrows anything thrown to the client's error with one of the given reasons.
 *
 * @example
 * ```ts
 * if (hasReason(error, 'WORKFLOW_NOT_FOUND')) startAnew();
 * else if (hasReason(error, 'AGENT_FAILED', 'AGENT_TIMEOUT')) offerToTryAgain(error.turnId);
 * else throw error;
 * ```
 */
export function hasReason<Reason extends ClientFailureReason>(
  error: unknown,
  ...reasons: readonly [Reason, ...Reason[]]
): error is TurnkeeperClientError<Reason> {
  const wanted: readonly ClientFailureReason[] = reasons;
  return isTurnkeeperError(error) && wanted.includes(error.reason);
}
