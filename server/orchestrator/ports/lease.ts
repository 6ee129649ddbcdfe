import type { ConversationKey } from '../../domain/identity.ts';
import type { Cancellation } from '../cancellation.ts';
import type { LoadRequest, LoadedConversation } from './workflow-state-store.ts';

/** A caller of the lease keeper, by which it is known as the lease's holder and in the queue. */
export interface QueueTicket {
  /** The turn that the lease is for; null for an end. */
  readonly turnId: string | null;
  /** Random: two calls for the same turn have two tickets. */
  readonly id: string;
}

/**
 * The right to commit to a conversation, for as long as it is extended. Safety does not rest on it alone: the store
 * checks its token with every commit (I3).
 */
export interface Lease {
  readonly token: string;
  /**
   * Cancelled, with a TurnkeeperError as its reason, when the lease is lost, interrupted, or can no longer be extended
   * in time.
   */
  readonly loss: Cancellation;
  /** True if a commit frees it. If not, it must be released after the commit. */
  readonly isFreedByCommit: boolean;
  /** Stops extending it; for a lease that the commit frees. */
  stop(): void;
  /**
   * Stops extending it and gives it back. Never throws: a lease that can't be given back expires. Unless it is certain
   * that no agent has heard of a turn that was not committed, the next holder is told that one may have (I5).
   */
  release(detail: { readonly agentMayHaveHeard: boolean }): Promise<void>;
}

/**
 * The conversation as it was loaded in the same step: under the caller's own lease, or under the one that another
 * holds.
 */
export type Acquisition =
  | { readonly kind: 'granted'; readonly lease: Lease; readonly loaded: LoadedConversation }
  | { readonly kind: 'held'; readonly loaded: LoadedConversation };

export interface WaitOptions {
  /** Before all who wait, or after them. */
  readonly at: 'front' | 'back';
  /** The longest wait in all, in milliseconds. */
  readonly maxMs: number;
  /** The call joins the queue only where no more than this many others wait, on all servers together. */
  readonly mostWaiting: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
}

/** `full`: the queue has no room, and the ticket is not in it. */
export type WaitEnd = 'called' | 'timed-out' | 'full';

/** A ticket in the queue, until it leaves. */
export interface Wait {
  /**
   * Resolves with `called` when the lease is kept for this ticket, which must acquire it now. A ticket that comes too
   * late may wait again, and keeps its place.
   * @throws the reason of the signal; TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  untilCalled(): Promise<WaitEnd>;
  /** Gives the place up. Never throws: the queue passes over a ticket that could not leave. */
  leave(): Promise<void>;
}

/** Grants leases: each conversation has one, and one queue for it, on all servers together (I1). */
export interface LeaseKeeper {
  /**
   * Asks for the lease once, without waiting for a holder to give it back, and loads the conversation in the same step:
   * what is loaded under a lease can't be outdated. A call that purges is granted the lease also where the store is
   * full.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE when it can't be told whether the lease is held
   */
  acquire(key: ConversationKey, ticket: QueueTicket, request: LoadRequest): Promise<Acquisition>;
  /** Waits for the lease, whichever servers the others wait on. A release calls the first in the queue itself. */
  enqueue(key: ConversationKey, ticket: QueueTicket, options: WaitOptions): Wait;
  /**
   * Takes the right to commit from the `owner` of the lease, as the load returned it, and aborts its signal on
   * whichever server it runs. The lease is then kept for this ticket, at once or as soon as the holder has let go.
   * @returns whether `owner` still held the lease
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  interrupt(key: ConversationKey, ticket: QueueTicket, owner: string): Promise<boolean>;
  /**
   * Takes the right to commit from the turn that holds the lease, and aborts its signal on whichever server it runs. The
   * lease goes to the next who waits. An end is not stopped.
   * @param turnId only that turn; null for whichever runs
   * @returns whether a turn was stopped: nothing of it will be stored
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  stop(key: ConversationKey, turnId: string | null): Promise<boolean>;
  /**
   * Returns whether the parts that grant leases, besides the store, can be reached now and take a lease's writes. Never
   * throws.
   */
  isReachable(): Promise<boolean>;
}
