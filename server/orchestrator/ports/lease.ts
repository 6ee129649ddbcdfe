import type { ConversationKey } from '../../domain/identity.ts';

/**
 * The right to commit to a conversation, for as long as it is extended. Safety does not rest on it alone: the store
 * checks its token with every commit (I3).
 */
export interface Lease {
  readonly token: string;
  /** Aborts, with a TurnkeeperError as its reason, when the lease is lost or can no longer be extended in time. */
  readonly signal: AbortSignal;
  /** Stops extending it; for a lease that the commit has freed already. */
  stop(): void;
  /** Stops extending it and gives it back. Never throws: a lease that can't be given back runs out by itself. */
  release(): Promise<void>;
}

export type Acquisition = { readonly kind: 'granted'; readonly lease: Lease } | { readonly kind: 'held' };

export interface LeaseKeeper {
  /**
   * Asks for the lease once, without waiting for a holder to give it back. The request is on its way when the call
   * returns, so that what the caller sends to the store next is behind it.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE when it can't be told whether the lease is held
   */
  acquire(key: ConversationKey): Promise<Acquisition>;
}
