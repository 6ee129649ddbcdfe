import type { ConversationKey } from '../../domain/identity.ts';

/** Who asks for a lease: what it is known by as its holder, and in line for it. */
export interface QueueTicket {
  /** The turn that it is for; null for an end. */
  readonly turnId: string | null;
  /** Random: two calls for the same turn have two places. */
  readonly id: string;
}

/**
 * The right to commit to a conversation, for as long as it is extended. Safety does not rest on it alone: the store
 * checks its token with every commit (I3).
 */
export interface Lease {
  readonly token: string;
  /**
   * Aborts, with a TurnkeeperError as its reason, when the lease is lost, interrupted, or can no longer be extended in
   * time.
   */
  readonly signal: AbortSignal;
  /** Whether a commit frees it. If not, it is to be given back after the commit. */
  readonly isFreedByCommit: boolean;
  /** Stops extending it; for a lease that the commit has freed already. */
  stop(): void;
  /**
   * Stops extending it and gives it back. Never throws: a lease that can't be given back runs out by itself. Unless it
   * is certain that no agent has heard of what was not committed, the next holder is told that one may have.
   */
  release(detail: { readonly agentMayHaveHeard: boolean }): Promise<void>;
}

export interface AcquireOptions {
  /**
   * Whether to grant it also where the store is full. Only what makes room may ask for that: others would do their work and
   * fail to store it.
   * @default false
   */
  readonly evenIfFull?: boolean;
}

export type Acquisition = { readonly kind: 'granted'; readonly lease: Lease } | { readonly kind: 'held' };

export interface WaitOptions {
  /** Before all who wait, or behind them. */
  readonly at: 'front' | 'back';
  /** How long to wait in all, in milliseconds. */
  readonly maxMs: number;
  /** How many others may stand in line, on all servers together, for this one to join them. */
  readonly mostWaiting: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
}

/** `full`: there is no room in the line; this place is not in it. */
export type WaitEnd = 'called' | 'timed-out' | 'full';

/** A place in line, until it is left. */
export interface Wait {
  /**
   * Resolves with `called` when the lease is kept for this place: it is to be acquired now. Who comes too late for
   * that may wait again, and keeps its place.
   * @throws the reason of the signal; TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  untilCalled(): Promise<WaitEnd>;
  /** Gives the place up. Never throws: a place that can't be given up is passed over in time. */
  leave(): Promise<void>;
}

export interface LeaseKeeper {
  /**
   * Asks for the lease once, without waiting for a holder to give it back. The request is on its way when the call
   * returns, so that what the caller sends to the store next is behind it.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE when it can't be told whether the lease is held
   */
  acquire(key: ConversationKey, place: QueueTicket, options?: AcquireOptions): Promise<Acquisition>;
  /**
   * Waits for the lease behind those who came before, on whichever server they wait. Who is first is called by the
   * release itself.
   */
  enqueue(key: ConversationKey, place: QueueTicket, options: WaitOptions): Wait;
  /**
   * Takes the right to commit from whoever holds the lease (`owner`, as the load told it), and aborts its signal on
   * whichever server it runs. Answers whether `owner` still held it. The lease is then kept for this place, at once or
   * as soon as the holder has let go.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  interrupt(key: ConversationKey, place: QueueTicket, owner: string): Promise<boolean>;
  /** Whether what grants leases, besides the store, can be reached now and takes what that writes. Never throws. */
  isReachable(): Promise<boolean>;
}
