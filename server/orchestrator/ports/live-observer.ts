import type { FailureReason } from '../../../contract/errors.ts';
import type { LiveSnapshot } from '../../answer/live-answer.ts';
import type { ConversationKey } from '../../domain/identity.ts';

export interface LiveTurn {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly turnNumber: number;
}

/**
 * Is shown an answer while it comes. Unlike the log's observer it gets the agent's words, so it must hand them to nobody
 * but the conversation's own user (I8). What it is shown may never be committed (I5).
 *
 * No method may throw or take long.
 */
export interface LiveObserver {
  /** The turn has been loaded, and the agent is about to be asked. */
  began(turn: LiveTurn): void;
  /** @param shown everything that is shown of the answer so far */
  show(turn: LiveTurn, shown: LiveSnapshot): void;
  /** The turn is over: committed (`null`), or not, and why. */
  over(turn: LiveTurn, failure: FailureReason | null): void;
}

/** For a server where nobody watches. */
export const noLiveObserver: LiveObserver = {
  began: () => undefined,
  show: () => undefined,
  over: () => undefined,
};
