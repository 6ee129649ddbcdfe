import type { FailureReason } from '../../../contract/errors.ts';
import type { LiveSnapshot } from '../../answer/live-answer.ts';
import type { ConversationKey } from '../../domain/identity.ts';

export interface LiveTurn {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly turnNumber: number;
}

/**
 * The observer of an answer while it comes. Unlike the log's observer it gets the agent's words, so it must hand them
 * to nobody but the conversation's own user (I8). An answer that it is shown may never be committed (I5).
 *
 * Its methods must not throw and must not take long. They get the same object for one turn, which tells it from others.
 */
export interface LiveObserver {
  /** The turn is open, and the agent is about to be asked. */
  began(turn: LiveTurn): void;
  /** @param shown everything that is shown of the answer so far */
  show(turn: LiveTurn, shown: LiveSnapshot): void;
  /** The turn is over: committed (`null`), or not, and why. */
  over(turn: LiveTurn, failure: FailureReason | null): void;
}

/** Shows nothing to anybody. */
export const noLiveObserver: LiveObserver = {
  began: () => undefined,
  show: () => undefined,
  over: () => undefined,
};
