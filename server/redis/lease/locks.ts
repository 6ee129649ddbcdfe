import type { ConversationKeys } from '../conversation-keys.ts';
import type { Extension } from './extend-in-time.ts';

/** What a lease locks with: the Redis that holds the state, or a quorum of others. */
export interface Locks {
  /** Whether the commit, on the Redis that holds the state, frees all there is to free. */
  readonly areFreedByCommit: boolean;
  /**
   * Asks once; the request is on its way when the call returns. Returns null when another holds it. `evenIfFull` has it
   * granted by a Redis that is full, too.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  acquire(keys: ConversationKeys, place: string, evenIfFull: boolean): Promise<HeldLock | null>;
  /** Whether it can grant leases now, as far as the Redis that holds the state does not tell that. Never throws. */
  canGrant(probeKey: string): Promise<boolean>;
}

export interface HeldLock {
  readonly token: string;
  extend(): Promise<Extension>;
  /** Gives back what redlock was granted. Never throws. */
  release(): Promise<void>;
}
