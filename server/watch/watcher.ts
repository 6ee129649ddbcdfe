import { failureReasons } from '../../contract/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import type { TurnRecord } from '../domain/result.ts';
import { viewState } from '../domain/result.ts';
import { finalStanding } from '../domain/standing.ts';
import type { ConversationState } from '../domain/state.ts';
import { bareSummary } from '../domain/summary.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { FeedMessage } from '../orchestrator/ports/conversation-feed.ts';
import type { FollowedConversation, WorkflowStateStore } from '../orchestrator/ports/workflow-state-store.ts';
import type { WatcherInbox } from './watcher-inbox.ts';
import type { FinishedConversation, TrackedWatchEvent, WatchedEvent } from './watch-events.ts';
import { markOf, writePosition } from './watch-position.ts';
import type { WatchPosition } from './watch-position.ts';

interface Watching {
  readonly store: WorkflowStateStore;
  readonly clock: Clock;
  readonly key: ConversationKey;
  readonly notices: WatcherInbox;
}

interface Start {
  readonly from: WatchPosition | { readonly afterTurn: number } | null;
  /** The conversation as the watch begins; `null` where there is none. */
  readonly now: ConversationState | null;
}

/** One watcher of a conversation: what it has been shown, and what it is to be shown next. */
export class Watcher {
  readonly #watching: Watching;
  #position: WatchPosition;
  #running: string | null = null;
  #isOver = false;

  constructor(watching: Watching, { from, now }: Start) {
    this.#watching = watching;
    this.#position =
      from !== null && 'mark' in from
        ? from
        : {
            mark: now === null ? null : markOf(now),
            turnNumber: from?.afterTurn ?? now?.turnCount ?? 0,
            messages: 0,
            isEnded: false,
          };
  }

  async *events(): AsyncGenerator<TrackedWatchEvent, void> {
    if (this.#position.isEnded) return;
    yield this.#tracked({ type: 'watch.started', turnNumber: this.#position.turnNumber });
    yield* this.#look();
    while (!this.#isOver) {
      const notice = await this.#watching.notices.next();
      if (notice === null) return;
      if (notice.type === 'changed') yield* this.#look();
      else yield* this.#live(notice);
    }
  }

  /** Shows what was committed since the last look. */
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
      if (found.state.turnCount < after) this.#moveTo({ turnNumber: found.state.turnCount, messages: 0 });
      for (const record of found.turns) yield* this.#show(record);
      if (found.turns.length > 0 && this.#position.turnNumber < found.state.turnCount) continue;
      if (found.state.status !== 'active')
        yield this.#end({ type: 'conversation.ended', purged: false, final: this.#final(found) });
      return;
    }
  }

  /** Whether the conversation that was watched is no more; one that is only waited for begins to be watched. */
  #isGone(state: ConversationState | null): boolean {
    if (this.#position.mark !== null) return state === null || markOf(state) !== this.#position.mark;
    if (state !== null) this.#moveTo({ mark: markOf(state) });
    return false;
  }

  *#show(record: TurnRecord): Generator<TrackedWatchEvent, void> {
    const { turnId, messages, turn } = record;
    const isNext = turn.number === this.#position.turnNumber + 1;
    const shown = isNext ? this.#position.messages : 0;
    for (const [index, message] of messages.entries()) {
      if (index < shown) continue;
      this.#moveTo({ turnNumber: turn.number - 1, messages: index + 1 });
      yield this.#tracked({ type: 'message', turnId, message });
    }
    this.#moveTo({ turnNumber: turn.number, messages: 0 });
    this.#running = null;
    yield this.#tracked({ type: 'turn.committed', record });
  }

  *#live(notice: Exclude<FeedMessage, { readonly type: 'changed' }>): Generator<TrackedWatchEvent, void> {
    const { turnId, turnNumber } = notice;
    // What was late: the turn has been shown as committed.
    if (turnNumber <= this.#position.turnNumber) return;
    if (notice.type === 'failed') {
      const { reason } = notice;
      if (this.#running === turnId) this.#running = null;
      const { retryable } = failureReasons[reason];
      yield this.#tracked({ type: 'turn.failed', turnId, turnNumber, reason, retryable });
      return;
    }
    if (this.#running !== turnId) {
      this.#running = turnId;
      yield this.#tracked({ type: 'turn.started', turnId, turnNumber });
    }
    for (const event of notice.events) yield this.#tracked({ ...event, turnId });
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
      workflowState: viewState(finalStanding(state), { expiresAt }),
      progress: state.progress,
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
