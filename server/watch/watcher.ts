/**
 * One watcher of a conversation: every committed turn once and in order, and the running turn in between.
 *
 * The job: read the turns after the watcher's position, and turn feed messages into events. The boundary: messages come
 * from the inbox and only say when to read, and committed turns come from the store; an event's id is the watcher's
 * position, so that the server keeps nothing of a watcher and any server can continue from an id. It keeps that
 * - only committed turns and the end move the position: a client may come back with the id of any event and misses no
 *   committed turn;
 * - a live message about a turn that was already shown as committed is late, and dropped;
 * - a purged conversation ends for its watchers, even if another one has its id by now.
 */
import { failureReasons } from '../../contract/errors.ts';
import { createHash } from 'node:crypto';
import type { ConversationKey } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import { viewFinished } from '../domain/view.ts';
import type { ConversationState } from '../domain/state.ts';
import { bareSummary } from '../domain/summary.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { FeedMessage } from '../orchestrator/ports/conversation-feed.ts';
import type { FollowedConversation, WorkflowStateStore } from '../orchestrator/ports/workflow-state-store.ts';
import { LiveDeltas } from './live-deltas.ts';
import type { FinishedConversation, TrackedWatchEvent, WatchedEvent } from './watch-events.ts';
import type { WatcherInbox } from './watcher-inbox.ts';

interface Watching {
  readonly store: WorkflowStateStore;
  readonly clock: Clock;
  readonly key: ConversationKey;
  readonly inbox: WatcherInbox;
}

interface WatcherStart {
  readonly from: WatchPosition | { readonly afterTurn: number } | null;
  /** The conversation as the watch begins; `null` where there is none. */
  readonly now: ConversationState | null;
}

/** A watcher's place in a conversation. */
export interface WatchPosition {
  /** Tells the conversation from another of its id; `null` for one that has not been opened yet. */
  readonly mark: string | null;
  /** The last turn that was shown. */
  readonly turnNumber: number;
  /** True once the end was shown. */
  readonly isEnded: boolean;
}

export class Watcher {
  readonly #watching: Watching;
  #position: WatchPosition;
  #running: { readonly turnId: string; readonly deltas: LiveDeltas } | null = null;
  #isOver = false;

  constructor(watching: Watching, { from, now }: WatcherStart) {
    this.#watching = watching;
    this.#position =
      from !== null && 'mark' in from
        ? from
        : {
            mark: now === null ? null : markOf(now),
            turnNumber: from?.afterTurn ?? now?.turnCount ?? 0,
            isEnded: false,
          };
  }

  async *events(): AsyncGenerator<TrackedWatchEvent, void> {
    if (this.#position.isEnded) return;
    yield this.#tracked({ type: 'watch.started', turnNumber: this.#position.turnNumber });
    yield* this.#look();
    while (!this.#isOver) {
      const message = await this.#watching.inbox.next();
      if (message === null) return;
      yield* this.#eventsOf(message);
    }
  }

  async *#eventsOf(message: FeedMessage): AsyncGenerator<TrackedWatchEvent, void> {
    if (message.type === 'changed') {
      yield* this.#look();
      return;
    }
    const { turnId, turnNumber } = message;
    if (turnNumber <= this.#position.turnNumber) return;
    if (message.type === 'failed') {
      const { reason } = message;
      const { retryable } = failureReasons[reason];
      if (this.#running?.turnId === turnId) this.#running = null;
      yield this.#tracked({ type: 'turn.failed', turnId, turnNumber, reason, retryable });
      return;
    }
    if (this.#running?.turnId !== turnId) {
      this.#running = { turnId, deltas: new LiveDeltas() };
      yield this.#tracked({ type: 'turn.started', turnId, turnNumber });
    }
    for (const event of this.#running.deltas.to(message.shown)) yield this.#tracked({ ...event, turnId });
  }

  /** Shows the turns that were committed since the last look. */
  async *#look(): AsyncGenerator<TrackedWatchEvent, void> {
    const { store, key } = this.#watching;
    for (;;) {
      const after = this.#position.turnNumber;
      const found = await store.readAfter(key, { after, limit: limits.followedTurns });
      if (this.#isGone(found?.state ?? null)) {
        yield this.#end({ type: 'conversation.ended', purged: true });
        return;
      }
      if (found === null) return;
      // A failover has lost turns that were shown: others will have their numbers.
      if (found.state.turnCount < after) this.#moveTo({ turnNumber: found.state.turnCount });
      for (const record of found.turns) {
        this.#moveTo({ turnNumber: record.turn.number });
        this.#running = null;
        yield this.#tracked({ type: 'turn.committed', record });
      }
      if (found.turns.length > 0 && this.#position.turnNumber < found.state.turnCount) continue;
      if (found.state.status !== 'active')
        yield this.#end({ type: 'conversation.ended', purged: false, final: this.#final(found) });
      return;
    }
  }

  /** Returns whether the watched conversation is no more. One that was only awaited is watched from here on. */
  #isGone(state: ConversationState | null): boolean {
    if (this.#position.mark !== null) return state === null || markOf(state) !== this.#position.mark;
    if (state !== null) this.#moveTo({ mark: markOf(state) });
    return false;
  }

  #end(event: WatchedEvent): TrackedWatchEvent {
    this.#isOver = true;
    this.#moveTo({ isEnded: true });
    return this.#tracked(event);
  }

  #final({ state, expiresInMs }: FollowedConversation): FinishedConversation {
    const { key, store, clock } = this.#watching;
    const expiresAt = clock.now() + (expiresInMs ?? store.ttlSeconds * 1000);
    return {
      conversationId: key.conversationId,
      workflowId: state.workflowId,
      ...viewFinished(state, expiresAt),
      summary: state.summary ?? bareSummary(state),
    };
  }

  #moveTo(position: Partial<WatchPosition>): void {
    this.#position = { ...this.#position, ...position };
  }

  #tracked(event: WatchedEvent): TrackedWatchEvent {
    return { id: writePosition(this.#position), event };
  }
}

const markLength = 16;
const unopened = 'new';
const idPattern = new RegExp(`^(${unopened}|[0-9a-f]{${markLength}})\\.(\\d{1,9})\\.\\d{1,9}(\\.ended)?$`);

/** Tells a conversation from another of its id without its incarnation, which is the store's business. */
function markOf({ incarnation }: ConversationState): string {
  return createHash('sha256').update(incarnation).digest('hex').slice(0, markLength);
}

// The third part is always 0 here. Earlier servers count the shown messages of the next turn there (decision 60).
function writePosition({ mark, turnNumber, isEnded }: WatchPosition): string {
  return `${mark ?? unopened}.${turnNumber}.0${isEnded ? '.ended' : ''}`;
}

/** Returns the position that an event's id names; `null` for an id that no server made. */
export function readPosition(id: string): WatchPosition | null {
  const [, mark, turnNumber, ended] = idPattern.exec(id) ?? [];
  if (mark === undefined) return null;
  return {
    mark: mark === unopened ? null : mark,
    turnNumber: Number(turnNumber),
    isEnded: ended !== undefined,
  };
}
