import type { FailureReason } from '../../../contract/errors.ts';
import type { LiveSnapshot } from '../../answer/live-answer.ts';
import type { ConversationKey } from '../../domain/identity.ts';

/**
 * A message about a conversation. Messages can be lost, stored turns can't: a message about a commit only says that it
 * is time to read the store.
 */
export type FeedMessage =
  /** Something may have been committed, or the conversation purged; the store knows. */
  | { readonly type: 'changed' }
  /** A turn runs, and this is everything that is shown of its answer so far. */
  | {
      readonly type: 'running';
      readonly turnId: string;
      readonly turnNumber: number;
      readonly shown: LiveSnapshot;
    }
  /** A turn has ended without a commit, as far as is known. */
  | {
      readonly type: 'failed';
      readonly turnId: string;
      readonly turnNumber: number;
      readonly reason: FailureReason;
    };

/** Carries messages about conversations, whichever server they come from. */
export interface ConversationFeed {
  /**
   * Calls `onMessage` for every message about a conversation until the returned function is called. Resolves once
   * nothing is missed any more: a `changed` comes for every later commit. A turn that runs already is told soon, with
   * all that is shown of it.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  listen(key: ConversationKey, onMessage: (message: FeedMessage) => void): Promise<() => void>;
}
