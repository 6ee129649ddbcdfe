import type { TokenUsage } from '../../../contract/results.ts';
import type { Activity } from '../../answer/activity.ts';
import type { AgentInput, Briefing } from '../../domain/briefing.ts';
import type { Identity } from '../../domain/identity.ts';
import type { TranscriptTurn } from '../../domain/result.ts';

/** One turn's question to an agent. */
export interface AgentRequest {
  readonly agentConversationId: string;
  /** The server's words to the agent, with the user's words whole at their end. */
  readonly query: string;
  readonly input: AgentInput;
  readonly briefing: Briefing;
  /** The last turns, oldest first, as many as the agent asks for (`historyTurns`). */
  readonly history: readonly TranscriptTurn[];
}

/** The surroundings of a call to an agent. */
export interface AgentCallOptions {
  /** On whose behalf. */
  readonly identity: Identity;
  /** The caller's own access token, for an agent that is asked in the user's name; null where there is none. */
  readonly userToken: string | null;
  /** Aborts when the turn no longer wants the answer; its reason says why. */
  readonly signal: AbortSignal;
  /** The time at which the turn stops waiting, in milliseconds since the epoch. */
  readonly deadlineAt: number;
}

/** The return value of a complete answer, where the agent has one. */
export interface AnswerEnd {
  /** The conversation that the answer came from, and the next turn goes to, where it is not the one that was asked. */
  readonly agentConversationId?: string;
  /** The tokens that the turn took, where the agent's endpoint counts them. */
  readonly usage?: TokenUsage;
}

/** The activities of an answer as they arrive, and at its end its return value. */
type AnswerStream = AsyncIterable<Activity, void> | AsyncIterable<Activity, AnswerEnd | undefined>;

/**
 * An agent answers the query of a turn. It knows nothing of storage, leases or the wire, and sends nothing twice on its
 * own: the caller decides whether to try again.
 */
export interface Agent {
  /** Its name in the start-up message and the logs. */
  readonly name: string;
  /**
   * The number of past turns that every request brings along, for an agent that remembers none by itself.
   * @default 0
   */
  readonly historyTurns?: number;
  /**
   * Opens an agent conversation and returns its id.
   * @throws AgentFailure
   */
  open(options: AgentCallOptions): Promise<string>;
  /**
   * Sends one input and yields the activities of the answer as they arrive; ends when the answer is complete.
   * @throws AgentFailure when there is no complete answer
   */
  send(request: AgentRequest, options: AgentCallOptions): AnswerStream;
}
