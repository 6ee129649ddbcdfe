/**
 * The way in which a call to an agent failed: `refused` never reached it, `ambiguous` may have, without a complete
 * answer; `failed` and `timed-out` mean what they say; `empty` is a complete answer with nothing in it.
 */
export type AgentFailureOutcome = 'refused' | 'failed' | 'timed-out' | 'ambiguous' | 'empty';

/** The error that an agent throws when there is no complete answer: its words are fixed, and quote nobody. */
export class AgentFailure extends Error {
  override readonly name = 'AgentFailure';
  readonly outcome: AgentFailureOutcome;
  /** The wait that the agent asked for before another try, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(
    outcome: AgentFailureOutcome,
    message: string,
    detail: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.outcome = outcome;
    this.retryAfterMs = detail.retryAfterMs;
  }
}
