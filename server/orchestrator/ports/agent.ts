import type { Activity } from '../../domain/activity.ts';
import type { Briefing, TurnInput } from '../../domain/briefing.ts';
import type { Identity } from '../../domain/identity.ts';

export interface AgentRequest {
  readonly agentConversationId: string;
  /** What the server tells the agent, with the user's words whole at its end. */
  readonly query: string;
  readonly input: TurnInput;
  readonly briefing: Briefing;
}

export interface AgentCallOptions {
  /** On whose behalf. */
  readonly identity: Identity;
  /** Aborts when the turn no longer wants the answer; its reason says why. */
  readonly signal: AbortSignal;
  /** When the turn stops waiting, in milliseconds since the epoch. */
  readonly deadlineAt: number;
}

/**
 * What answers the query. It knows nothing of storage, leases or the wire. Nothing is sent twice on its own: whether
 * to try again is the caller's decision.
 */
export interface Agent {
  /** What the start-up message and the logs call it. */
  readonly name: string;
  /**
   * Opens an agent conversation and answers its id.
   * @throws AgentFailure
   */
  open(options: AgentCallOptions): Promise<string>;
  /**
   * Sends one input and yields the activities of the answer as they arrive; ends when the answer is complete.
   * @throws AgentFailure when there is no complete answer
   */
  send(request: AgentRequest, options: AgentCallOptions): AsyncIterable<Activity>;
}

/**
 * How a call to an agent went wrong: `refused` never reached it, `ambiguous` may have, without a complete answer;
 * `failed` and `timed-out` say what they say; `empty` is a complete answer with nothing in it.
 */
export type AgentFailureOutcome = 'refused' | 'failed' | 'timed-out' | 'ambiguous' | 'empty';

export class AgentFailure extends Error {
  override readonly name = 'AgentFailure';
  readonly outcome: AgentFailureOutcome;
  /** When the agent asked to be tried again, in milliseconds from now. */
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
