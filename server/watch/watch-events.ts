import type { CommonWatchEvent, FinishedConversationOf } from '../../contract/watch-events.ts';
import type { TurnRecord, WithEpochTimes } from '../domain/result.ts';

/** A finished conversation, as its watchers are shown it. */
export type FinishedConversation = WithEpochTimes<Omit<FinishedConversationOf, 'type' | 'purged'>>;

/** An event of a watch before the router presents it. Only commits and the end are facts; the others may be missing. */
export type WatchedEvent =
  | CommonWatchEvent
  | { readonly type: 'turn.committed'; readonly record: TurnRecord }
  /** Nothing follows. */
  | { readonly type: 'conversation.ended'; readonly purged: false; readonly final: FinishedConversation };

/** An event, with the id that a watcher names to be shown what follows it. */
export interface TrackedWatchEvent {
  readonly id: string;
  readonly event: WatchedEvent;
}
