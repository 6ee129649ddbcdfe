import type { FailureReason } from '../../../contract/errors.ts';
import type { LiveEvent } from '../../../contract/watch-events.ts';
import type { ConversationKey } from '../../domain/identity.ts';

export interface LiveTurn {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly turnNumber: number;
}

/**
 * Who is shown an answer while it comes. Unlike the log's observer it gets what the agent wrote, so it must hand it to
 * nobody but the conversation's own user (I8). What it is shown may never be committed (I5).
 *
 * Every method takes note; it must not throw and must not take long.
 */
export interface LiveObserver {
  /** The turn has been loaded, and the agent is about to be asked. */
  began(turn: LiveTurn): void;
  show(turn: LiveTurn, event: LiveEvent): void;
  /** The turn is over: committed (`null`), or not, and why. */
  over(turn: LiveTurn, failure: FailureReason | null): void;
}

/** For a server where nobody watches. */
export const noLiveObserver: LiveObserver = {
  began: () => undefined,
  show: () => undefined,
  over: () => undefined,
};
