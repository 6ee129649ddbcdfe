import type { ConversationKey, Identity } from '../../domain/identity.ts';
import type { TranscriptTurn, TurnRecord } from '../../domain/result.ts';
import type { ConversationState } from '../../domain/state.ts';
import type { ConversationUnreadable } from '../../domain/stored-conversation.ts';
import type { TurnLog } from '../../domain/turn-log.ts';

/**
 * The committed turn that a turn id was used by. `forgotten`: the id can't be told from those of turns that the store
 * no longer knows one by one. It was used by one of them, or, very rarely, by none.
 */
export type CommittedTurn = KnownTurn | 'forgotten';

export interface KnownTurn {
  readonly turnNumber: number;
  readonly inputDigest: string;
  /** The turn, unless the transcript no longer reaches back to it. */
  readonly record: TurnRecord | null;
}

/** The call that holds the lease of a conversation. */
export interface Holder {
  /** The turn that it runs; null for an end. */
  readonly turnId: string | null;
  /** The time for which it has held the lease, in milliseconds. */
  readonly heldForMs: number;
  /**
   * True if an earlier holder did not finish: the agent conversation may have heard of a turn that never happened, so
   * the next turn must not go on in it (I5).
   */
  readonly isAgentStale: boolean;
}

export interface LoadedConversation {
  /** The owner of the lease when the conversation was read: a lease token, or the ticket that the lease is kept for. */
  readonly leaseToken: string | null;
  /** Null when nobody holds the lease, or it is kept for a call that has not come for it yet. */
  readonly holder: Holder | null;
  readonly state: ConversationState | null;
  readonly committedTurn: CommittedTurn | null;
  /**
   * The last turns, oldest first: as many as were asked for, or, if the agent conversation is stale, at least those to
   * retell to a fresh one; fewer if they are large.
   */
  readonly lastTurns: readonly TranscriptTurn[];
  /** The turn that `cardTurn` asked for; null where the transcript does not hold it, or nothing was asked for. */
  readonly cardTurn: TranscriptTurn | null;
  /** The log as the commit that follows needs it; absent where there is none yet, or one of format 1. */
  readonly log?: TurnLog;
  /** The error where a part that the call needs can't be read (I12). Nothing of the conversation is loaded then. */
  readonly unreadable?: ConversationUnreadable;
}

/** The parts of a conversation that a turn or an end needs; they are loaded with the lease (LeaseKeeper). */
export interface LoadRequest {
  /** The turn id to look up; null where there is none that may have been used. */
  readonly turnId: string | null;
  /** True if the call may open the conversation: then it is listed from now on. */
  readonly opens: boolean;
  /**
   * True if the call is to purge the conversation. If so, the conversation is not listed as active: a full store could
   * not take that write, and must be possible to empty.
   * @default false
   */
  readonly purges?: boolean;
  /**
   * The number of last turns to read.
   * @default 0
   */
  readonly historyTurns?: number;
  /** The number of the turn whose card is acted on, if one is. */
  readonly cardTurn?: number;
}

export interface TranscriptPage {
  /** The largest number of turns, counted from the newest. */
  readonly turns: number;
  /** Only turns up to this number; without it, up to the newest. */
  readonly upTo?: number;
}

interface FoundConversation {
  readonly state: ConversationState;
  /** Its remaining life in milliseconds, only where the store could not set it back to its full life. */
  readonly expiresInMs?: number;
}

export interface ReadConversation extends FoundConversation {
  /** The last committed turn that the transcript holds. */
  readonly lastTurn: TranscriptTurn | null;
  /** Oldest first; fewer than were asked for where they are large, but always the newest of them. */
  readonly turns: readonly TranscriptTurn[];
}

/** The turns that a watcher of a conversation has not seen. */
export interface TurnsAfter {
  /** Only turns with a higher number. */
  readonly after: number;
  /**
   * The largest number of turns; the oldest come first. With 0 the read only finds out whether the conversation exists,
   * and does not slide its expiry.
   */
  readonly limit: number;
}

export interface FollowedConversation extends FoundConversation {
  /** Oldest first. */
  readonly turns: readonly TurnRecord[];
}

/** The condition of a commit: the lease, incarnation and revision that it was prepared under (I3). */
export interface CommitGuard {
  readonly leaseToken: string;
  /** `null` for a conversation that did not exist when it was loaded. */
  readonly loaded: Pick<ConversationState, 'incarnation' | 'revision'> | null;
}

/**
 * The condition of purging a conversation that can't be read: the lease alone, under which nobody else can change it.
 */
export interface UnreadableGuard {
  readonly leaseToken: string;
  readonly loaded: 'unreadable';
}

export interface Commit {
  readonly guard: CommitGuard;
  readonly state: ConversationState;
  /** The log as it was loaded with the state. */
  readonly log?: TurnLog | undefined;
  /** The turn that this commits; none for an end. */
  readonly turn?: { readonly inputDigest: string; readonly record: TurnRecord };
}

export type CommitResult =
  /** All of it is stored, and the lease is free. */
  | 'committed'
  /** Nothing is stored: the lease is no longer this holder's. */
  | 'lease-lost'
  /** Nothing is stored: another call has taken this one's place. */
  | 'interrupted'
  /** Nothing is stored: the conversation has changed since it was loaded. */
  | 'state-changed';

export interface ConversationsPage {
  readonly limit: number;
  /** The position at which the last page ended. */
  readonly after?: ListPosition;
}

/** A position in the list of conversations, which is sorted by activity, newest first, then by id. */
export interface ListPosition {
  readonly lastActiveAt: number;
  readonly conversationId: string;
}

export interface ListedConversations {
  readonly conversations: readonly { readonly conversationId: string; readonly state: ConversationState }[];
  /** Those in between that can't be read, if there are any (I12). */
  readonly unreadable?: readonly ConversationUnreadable[];
  readonly next: ListPosition | null;
}

/**
 * Keeps conversations, for `ttlSeconds` after the last interaction. Every method but `list` and `purge` is an
 * interaction and sets all keys of the conversation back to the full time (I7), unless a part that the method needs
 * can't be read (I12).
 *
 * Every method throws TurnkeeperError STATE_STORE_UNAVAILABLE when the store can't be reached, refuses, or does not
 * answer in time. After such an error of `commit` or `purge` their effect is unknown.
 */
export interface WorkflowStateStore {
  readonly ttlSeconds: number;
  /**
   * Reads a page of the transcript and the state; `null` when there is no such conversation.
   * @throws ConversationUnreadable
   */
  read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null>;
  /**
   * Reads the turns that follow one; `null` when there is no such conversation.
   * @throws ConversationUnreadable
   */
  readAfter(key: ConversationKey, turns: TurnsAfter): Promise<FollowedConversation | null>;
  /** Stores all of it in one step, or nothing (I2). The same commit sent again returns the same result. */
  commit(key: ConversationKey, commit: Commit): Promise<CommitResult>;
  /** Deletes every key of the conversation, under the same guard as a commit, also when the store is full. */
  purge(key: ConversationKey, guard: CommitGuard | UnreadableGuard): Promise<CommitResult>;
  /** The live conversations of one user. */
  list(identity: Identity, page: ConversationsPage): Promise<ListedConversations>;
  /** Returns whether the store can be reached now and takes the writes of a turn. Never throws. */
  isReachable(): Promise<boolean>;
}
