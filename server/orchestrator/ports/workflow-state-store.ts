import type { ConversationKey, Identity } from '../../domain/identity.ts';
import type { TurnRecord } from '../../domain/result.ts';
import type { ConversationState } from '../../domain/state.ts';
import type { ConversationUnreadable } from '../../domain/stored-conversation.ts';

/** What is known of a turn id that was used before. */
export interface CommittedTurn {
  readonly turnNumber: number;
  readonly inputDigest: string;
  /** The turn, unless the transcript no longer reaches back to it. */
  readonly record: TurnRecord | null;
}

/** Who holds the lease of a conversation. */
export interface Holder {
  /** The turn that it holds it for; null for an end. */
  readonly turnId: string | null;
  /** For how long it has, in milliseconds. */
  readonly heldForMs: number;
  /**
   * Whether an earlier holder did not finish: the agent conversation may have heard of a turn that never happened, so
   * it must not go on.
   */
  readonly isAgentStale: boolean;
}

export interface LoadedConversation {
  /** Whose lease the conversation was under when it was read; what was read under another's may be outdated. */
  readonly leaseToken: string | null;
  /** Null when nobody holds the lease, or it is kept for somebody who has not come for it yet. */
  readonly holder: Holder | null;
  readonly state: ConversationState | null;
  readonly usedTurnId: CommittedTurn | null;
  /**
   * The last turns, oldest first: as many as were asked for, or where the agent conversation is stale at least those
   * that another has to be told of; fewer where they are large.
   */
  readonly lastTurns: readonly TurnRecord[];
  /** The turn that `cardTurn` asked for; null where the transcript does not hold it, or nothing was asked for. */
  readonly cardTurn: TurnRecord | null;
  /** Why something that the call needs can't be read, if it can't; nothing of the conversation is told then (I12). */
  readonly unreadable?: ConversationUnreadable;
}

export interface LoadRequest {
  /** The turn id to look up; null for an end. */
  readonly turnId: string | null;
  /** Whether the call may open the conversation: then it is listed from now on. */
  readonly opens: boolean;
  /**
   * Whether the call is to purge the conversation. Then it is not noted as active, so that a store that is full, which could
   * not take the note, can be emptied.
   * @default false
   */
  readonly purges?: boolean;
  /**
   * How many of the last turns to read.
   * @default 0
   */
  readonly historyTurns?: number;
  /** The number of the turn whose card is acted on, if one is. */
  readonly cardTurn?: number;
}

export interface TranscriptPage {
  /** How many turns at most, newest first counted. */
  readonly turns: number;
  /** Only turns up to this number; without it, up to the newest. */
  readonly upTo?: number;
}

/** What was read of a conversation that is there. */
interface FoundConversation {
  readonly state: ConversationState;
  /** How long it lives from now on, in milliseconds; only where the store would not set it back to its full life. */
  readonly expiresInMs?: number;
}

export interface ReadConversation extends FoundConversation {
  /** The last committed turn that the transcript holds. */
  readonly lastTurn: TurnRecord | null;
  /** Oldest first; fewer than were asked for where they are large, but always the newest of them. */
  readonly turns: readonly TurnRecord[];
}

/** Which turns those who follow a conversation have not seen. */
export interface TurnsAfter {
  /** Only turns with a higher number. */
  readonly after: number;
  /** How many at most, the oldest of them; 0 for none, to look whether it is there: that alone keeps nothing alive. */
  readonly limit: number;
}

export interface FollowedConversation extends FoundConversation {
  /** Oldest first. */
  readonly turns: readonly TurnRecord[];
}

/** What the conversation must still be like for a commit to be valid (I3). */
export interface CommitGuard {
  readonly leaseToken: string;
  /** `null` for a conversation that did not exist when it was loaded. */
  readonly loaded: Pick<ConversationState, 'incarnation' | 'revision'> | null;
}

/** What a purge of a conversation that can't be read goes by: the lease alone, under which nobody else can change it. */
export interface UnreadableGuard {
  readonly leaseToken: string;
  readonly loaded: 'unreadable';
}

export interface Commit {
  readonly guard: CommitGuard;
  readonly state: ConversationState;
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
  /** Nothing is stored: the conversation is not what was loaded. */
  | 'state-changed';

export interface ConversationsPage {
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: ListPosition;
}

/** A place in the list of conversations: newest activity first, then by id. */
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
 * Where conversations are kept, for `ttlSeconds` past the last interaction. Every method but `list` and `purge` is an
 * interaction and sets all keys of the conversation back to the full time (I7), unless what it needs of the conversation
 * can't be read (I12).
 *
 * Every method throws TurnkeeperError STATE_STORE_UNAVAILABLE when the store can't be reached, refuses, or does not
 * answer in time. Where that happens to `commit` or `purge`, their effect is unknown.
 */
export interface WorkflowStateStore {
  readonly ttlSeconds: number;
  /** Reads what a turn or an end needs, and lists the conversation as active now before anything is committed to it. */
  load(key: ConversationKey, request: LoadRequest): Promise<LoadedConversation>;
  /**
   * Reads what `get` shows; `null` when there is no such conversation.
   * @throws ConversationUnreadable
   */
  read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null>;
  /**
   * Reads the turns that follow one; `null` when there is no such conversation.
   * @throws ConversationUnreadable
   */
  readAfter(key: ConversationKey, turns: TurnsAfter): Promise<FollowedConversation | null>;
  /** Stores all of it in one step, or nothing (I2). The same commit sent again answers the same. */
  commit(key: ConversationKey, commit: Commit): Promise<CommitResult>;
  /** Deletes every key of the conversation, under the same guard as a commit, also when the store is full. */
  purge(key: ConversationKey, guard: CommitGuard | UnreadableGuard): Promise<CommitResult>;
  /** The live conversations of one user. */
  list(identity: Identity, page: ConversationsPage): Promise<ListedConversations>;
  /** Whether the store can be reached now and takes what a turn writes. Never throws. */
  isReachable(): Promise<boolean>;
}
