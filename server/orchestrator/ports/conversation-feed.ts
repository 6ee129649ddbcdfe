import type { FailureReason } from '../../../contract/errors.ts';
import type { ConversationKey } from '../../domain/identity.ts';
import type { LivePart } from '../../answer/live/live-snapshot.ts';

/**
 * What is heard of a conversation. Nothing that was committed is taken from it, only that it is time to read: notices can
 * be lost, what is stored can't.
 */
export type FeedMessage =
  /** Something may have been committed, or the conversation purged: the store knows. */
  | { readonly type: 'changed' }
  /** A turn runs; this is what is new of its answer. */
  | ({ readonly type: 'live' } & LivePart)
  /** A turn has ended without being committed, as far as is known. */
  | {
      readonly type: 'failed';
      readonly turnId: string;
      readonly turnNumber: number;
      readonly reason: FailureReason;
    };

/** What happens in a conversation, on whichever server it happens. */
export interface ConversationFeed {
  /**
   * Hears of a conversation until the returned function is called. Resolves once nothing is missed any more: a `changed`
   * is heard for whatever is committed from then on. Of a turn that runs already, all that was shown is told soon.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  listen(key: ConversationKey, hear: (notice: FeedMessage) => void): Promise<() => void>;
}
