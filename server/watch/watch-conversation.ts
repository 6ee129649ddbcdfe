import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import { notFound } from '../orchestrator/failures.ts';
import { refusedBy } from '../orchestrator/turn-admission.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import { WatcherInbox } from './watcher-inbox.ts';
import type { TrackedWatchEvent } from './watch-events.ts';
import { Watcher } from './watcher.ts';
import type { WatchPosition } from './watcher.ts';

export interface WatchCommand {
  readonly key: ConversationKey;
  /** The position of an earlier watch, or the turn after which to begin; `null` begins now. */
  readonly from: WatchPosition | { readonly afterTurn: number } | null;
  /** True if the watch waits for a conversation that does not exist yet. */
  readonly awaitsOpening: boolean;
  /** The time at which the watch ends, in milliseconds since the epoch: its caller must authenticate again. */
  readonly expiresAt?: number | undefined;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Longest time between two reads of a watcher, in milliseconds: a connection that breaks may lose a message unnoticed.
 */
const longestBetweenReadsMs = 60_000;

/**
 * Shows a conversation as it happens: every committed turn, once and in order, on whichever server it runs, and live
 * text in between. Committed turns are read from the transcript, after the last one that was shown; messages only say
 * when to read. A watch keeps the conversation alive: it sets the conversation back to its full life from time to time
 * (I7).
 *
 * The iterable ends when the conversation has, or the signal aborts. It throws TurnkeeperError STATE_STORE_UNAVAILABLE,
 * SHUTTING_DOWN or OVERLOADED where it can't go on here, UNAUTHENTICATED once `expiresAt` is past; a caller that then
 * watches from the last event's id misses nothing. It throws CONVERSATION_UNREADABLE where no server can go on.
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, CONVERSATION_UNREADABLE, OVERLOADED, RATE_LIMITED, SHUTTING_DOWN,
 * STATE_STORE_UNAVAILABLE
 */
export async function watchConversation(
  dependencies: Dependencies,
  { key, from, awaitsOpening, expiresAt, signal }: WatchCommand,
): Promise<AsyncGenerator<TrackedWatchEvent, void>> {
  const { feed, watchers, store, clock } = dependencies;
  const inbox = new WatcherInbox();
  const cleanups: (() => void)[] = [];
  const leave = (): void => {
    inbox.end(null);
    for (const cleanup of cleanups.splice(0)) cleanup();
  };
  try {
    cleanups.push(watchers.enter(key, (error) => inbox.end(error)));
    cleanups.push(await takePlace(dependencies, key));
    if (expiresAt !== undefined)
      cleanups.push(onceAt(clock, expiresAt, () => inbox.end(authenticationExpired())));
    // The feed is listened to before anything is read, so that no commit falls in between.
    cleanups.push(await feed.listen(key, (message) => inbox.put(message)));
    cleanups.push(readAtIntervals(dependencies, inbox));
    const now = await store.readAfter(key, { after: 0, limit: 0 });
    const isResumed = from !== null && 'mark' in from;
    if (now === null && !awaitsOpening && !isResumed) throw notFound();
    signal?.addEventListener('abort', leave, { once: true });
    cleanups.push(() => signal?.removeEventListener('abort', leave));
    if (signal?.aborted === true) leave();
    const watcher = new Watcher({ store, clock, key, inbox }, { from, now: now?.state ?? null });
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

/** Time for which the place of a watch outlives a server that dies, in milliseconds. */
const placeLifeMs = 60_000;

/**
 * Takes the place that a watch has by the limits of its user and its tenant, and holds it; returns the function that
 * gives it back.
 * @throws TurnkeeperError RATE_LIMITED, STATE_STORE_UNAVAILABLE
 */
async function takePlace(dependencies: Dependencies, key: ConversationKey): Promise<() => void> {
  const { usageLimits, ids, clock } = dependencies;
  if (usageLimits === null) return () => undefined;
  const place = { resource: 'openWatches', key, id: ids.ticket(), lifeMs: placeLifeMs } as const;
  const limit = await usageLimits.takePlace(place);
  if (limit !== null) throw refusedBy(dependencies, key, limit);
  const renew = (): (() => void) =>
    clock.after(placeLifeMs / 3, () => {
      usageLimits.renewPlace(place);
      cancel = renew();
    });
  let cancel = renew();
  return () => {
    cancel();
    usageLimits.leavePlace(place);
  };
}

/** Makes the watcher read at intervals; returns the function that stops it. */
function readAtIntervals({ clock, store }: Dependencies, inbox: WatcherInbox): () => void {
  const everyMs = Math.min(longestBetweenReadsMs, (store.ttlSeconds * 1000) / 4);
  const look = (): (() => void) =>
    clock.after(everyMs, () => {
      inbox.put({ type: 'changed' });
      cancel = look();
    });
  let cancel = look();
  return () => cancel();
}

/** A timer takes no delay of more than some 24 days, so a later time is awaited in pieces. */
const longestWaitMs = 86_400_000;

/** Calls `then` once it is that time; returns the function that cancels it. */
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
  const message = 'The authentication of this watch has expired. Watch again with a fresh token.';
  return new TurnkeeperError('UNAUTHENTICATED', message);
}
