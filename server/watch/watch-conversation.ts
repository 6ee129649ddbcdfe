import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import { notFound } from '../orchestrator/get-conversation.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import { WatcherInbox } from './watcher-inbox.ts';
import type { TrackedWatchEvent } from './watch-events.ts';
import type { WatchPosition } from './watch-position.ts';
import { Watcher } from './watcher.ts';

export interface WatchCommand {
  readonly key: ConversationKey;
  /** Where an earlier watch was, or the turn after which to begin; `null` for now. */
  readonly from: WatchPosition | { readonly afterTurn: number } | null;
  /** Whether a conversation that does not exist yet is waited for. */
  readonly awaitsOpening: boolean;
  /** When who watches has to prove again who they are, in milliseconds since the epoch; the watch ends then. */
  readonly expiresAt?: number | undefined;
  /** Aborts when nobody watches any more. */
  readonly signal: AbortSignal | undefined;
}

/** A message may be lost without a sign, if a connection is: nobody is left behind for longer than this. */
const lookEveryMs = 60_000;

/**
 * Shows a conversation while it goes on: every turn that is committed, once and in order, on whichever server it runs, and
 * live pieces in between. What is committed is read from the transcript after the last turn that was shown; messages
 * only say when to look. To watch is to be at it: the conversation's life is set back to the full time again and again (I7).
 *
 * The iterable ends when the conversation has, or the signal aborts. It throws TurnkeeperError STATE_STORE_UNAVAILABLE,
 * SHUTTING_DOWN or OVERLOADED where it can't go on here, UNAUTHENTICATED once `expiresAt` is past; a caller that then watches
 * from the last event's id misses nothing. It throws CONVERSATION_UNREADABLE where no server can go on.
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, CONVERSATION_UNREADABLE, OVERLOADED, SHUTTING_DOWN, STATE_STORE_UNAVAILABLE
 */
export async function watchConversation(
  dependencies: Dependencies,
  { key, from, awaitsOpening, expiresAt, signal }: WatchCommand,
): Promise<AsyncGenerator<TrackedWatchEvent, void>> {
  const { feed, watchers, store, clock } = dependencies;
  const notices = new WatcherInbox();
  const cleanups: (() => void)[] = [];
  const leave = (): void => {
    notices.end(null);
    for (const cleanup of cleanups.splice(0)) cleanup();
  };
  try {
    cleanups.push(watchers.enter(key, (error) => notices.end(error)));
    if (expiresAt !== undefined)
      cleanups.push(onceAt(clock, expiresAt, () => notices.end(authenticationExpired())));
    // Before anything is read, so that nothing is missed in between.
    cleanups.push(await feed.listen(key, (notice) => notices.put(notice)));
    cleanups.push(lookNowAndThen(dependencies, notices));
    const now = await store.readAfter(key, { after: 0, limit: 0 });
    const isResumed = from !== null && 'mark' in from;
    if (now === null && !awaitsOpening && !isResumed) throw notFound();
    signal?.addEventListener('abort', leave, { once: true });
    cleanups.push(() => signal?.removeEventListener('abort', leave));
    if (signal?.aborted === true) leave();
    const watcher = new Watcher({ store, clock, key, notices }, { from, now: now?.state ?? null });
    return eventsOf(watcher, leave);
  } catch (error) {
    leave();
    throw error;
  }
}

async function* eventsOf(watcher: Watcher, leave: () => void): AsyncGenerator<TrackedWatchEvent, void> {
  try {
    yield* watcher.events();
  } finally {
    leave();
  }
}

/** Returns what stops it. */
function lookNowAndThen({ clock, store }: Dependencies, notices: WatcherInbox): () => void {
  const everyMs = Math.min(lookEveryMs, (store.ttlSeconds * 1000) / 4);
  const look = (): (() => void) =>
    clock.after(everyMs, () => {
      notices.put({ type: 'changed' });
      cancel = look();
    });
  let cancel = look();
  return () => cancel();
}

/** A timer keeps no longer delay than some 24 days, so a later time is waited for in pieces. */
const longestWaitMs = 86_400_000;

/** Calls `then` once it is that time; returns what calls that off. */
function onceAt(clock: Clock, at: number, then: () => void): () => void {
  const wait = (): (() => void) => {
    const leftMs = at - clock.now();
    const isLast = leftMs <= longestWaitMs;
    return clock.after(isLast ? Math.max(0, leftMs) : longestWaitMs, () => {
      if (isLast) then();
      else cancel = wait();
    });
  };
  let cancel = wait();
  return () => cancel();
}

function authenticationExpired(): TurnkeeperError<'UNAUTHENTICATED'> {
  const message = 'What this watch was authenticated with has expired. Watch again with a fresh token.';
  return new TurnkeeperError('UNAUTHENTICATED', message);
}
