import { failureReasons } from '../../contract/errors.ts';
import type { FailureReason, Issue } from '../../contract/errors.ts';
import { cutTo } from './json.ts';
import { limits } from './limits.ts';

type RetryableReason = {
  [Reason in FailureReason]: (typeof failureReasons)[Reason]['retryable'] extends true ? Reason : never;
}[FailureReason];

interface FailureDetail {
  /** Bad input, one entry per fault; of many, the error lists the first ones and says how many more there are. */
  readonly issues?: readonly Issue[];
  readonly cause?: unknown;
}

interface RetryableDetail extends FailureDetail {
  /** The wait before another try makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

interface TurnInProgressDetail extends RetryableDetail {
  /** For how long the turn in the way has been running, in milliseconds. */
  readonly runningForMs?: number;
}

/** Only a failure that can pass may say when to try again. */
type DetailOf<Reason extends FailureReason> = Reason extends 'TURN_IN_PROGRESS'
  ? TurnInProgressDetail
  : Reason extends RetryableReason
    ? RetryableDetail
    : FailureDetail;

/**
 * The one error that the product throws on purpose. Its message is safe to show to a caller: it never quotes stored
 * values, another user's data, or an internal cause (that stays in `cause`).
 */
export class TurnkeeperError<Reason extends FailureReason = FailureReason> extends Error {
  override readonly name = 'TurnkeeperError';
  readonly reason: Reason;
  readonly issues: readonly Issue[] | undefined;
  readonly retryAfterMs: number | undefined;
  /** Of TURN_IN_PROGRESS: for how long the turn in the way has been running, in milliseconds, where that is known. */
  readonly runningForMs: number | undefined;

  constructor(reason: Reason, message: string, detail?: DetailOf<Reason>) {
    super(
      cutTo(message, limits.errorMessageChars),
      detail?.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.reason = reason;
    this.issues = detail?.issues === undefined ? undefined : shownIssues(detail.issues);
    this.retryAfterMs = detail !== undefined && 'retryAfterMs' in detail ? detail.retryAfterMs : undefined;
    this.runningForMs = detail !== undefined && 'runningForMs' in detail ? detail.runningForMs : undefined;
  }

  get retryable(): boolean {
    return failureReasons[this.reason].retryable;
  }
}

/** Narrows anything thrown to the product's error, of one reason where that is given. */
export function isTurnkeeperError<Reason extends FailureReason>(
  error: unknown,
  reason?: Reason,
): error is TurnkeeperError<Reason> {
  return error instanceof TurnkeeperError && (reason === undefined || error.reason === reason);
}

/**
 * The first issues, each cut to a length, and how many more there are. A path may hold keys of the caller's choosing,
 * so without this an answer could be larger than the request that it refuses (I11).
 */
function shownIssues(issues: readonly Issue[]): readonly Issue[] {
  const listed = issues.slice(0, limits.issues).map(({ path, message }) => ({
    path: cutTo(path, limits.issuePathChars),
    message: cutTo(message, limits.issueMessageChars),
  }));
  const more = issues.length - listed.length;
  return more === 0 ? listed : [...listed, { path: '', message: `and ${more} more` }];
}
