import type { FailureReason, Issue } from '../../contract/errors.ts';

/**
 * Why a call failed: one of the server's reasons, or that no Turnkeeper server could be asked.
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
 * What every call of the client fails with, except one that its caller aborted (that throws the signal's reason).
 * By the time it is thrown, whatever was retryable has been retried, but for a turn that was interrupted.
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
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** When it makes sense to try again, in milliseconds from now, if the server said so. */
  readonly retryAfterMs: number | undefined;
  /** Of TURN_IN_PROGRESS: for how long the turn in the way had been running, in milliseconds, if that was known. */
  readonly runningForMs: number | undefined;
  /** Whether the call may have taken effect: nobody confirmed it, or nobody answered. */
  readonly isOutcomeUnknown: boolean;
  /** What is wrong with the input, one entry per fault. */
  readonly issues: readonly Issue[] | undefined;
  /** Finds an unexpected error (INTERNAL) in the server's log. */
  readonly errorId: string | undefined;
  /** Absent when there was no answer. */
  readonly httpStatus: number | undefined;
  /** Of the turn that failed: send it again with this id, and it happens at most once. */
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
 * Narrows anything thrown to the client's error of one reason, or of any of several.
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
