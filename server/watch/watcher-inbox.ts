import type { LiveEvent } from '../../contract/watch-events.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { addMerged, charsOf } from '../answer/live/merge-events.ts';
import type { FeedMessage } from '../orchestrator/ports/conversation-feed.ts';

interface WaitingLive {
  readonly type: 'live';
  readonly turnId: string;
  readonly turnNumber: number;
  readonly events: LiveEvent[];
}

type Waiting = Exclude<FeedMessage, { readonly type: 'live' }> | WaitingLive;

/**
 * What one watcher has heard of and not been told yet. It is bounded: of committed turns nothing waits here, and a
 * watcher who lets too many pieces of running ones wait is dropped, and comes back to what is committed by then.
 */
export class WatcherInbox {
  #waiting: Waiting[] = [];
  #chars = 0;
  #events = 0;
  #end: { readonly error: Error | null } | null = null;
  #wake: () => void = () => undefined;

  put(notice: FeedMessage): void {
    if (this.#end !== null) return;
    // One look is enough for all that has changed until then.
    if (notice.type === 'changed' && this.#waiting.some(({ type }) => type === 'changed')) return;
    if (notice.type === 'live') this.#putLive(notice);
    else this.#add(notice);
    if (this.#chars > limits.watcherChars || this.#events > limits.watcherEvents) {
      this.end(new TurnkeeperError('OVERLOADED', 'This watcher does not keep up. Watch again.'));
    }
    this.#wake();
  }

  /** Ends the watch, with an error or without; what waits is dropped. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#waiting = [];
    this.#wake();
  }

  /**
   * The next notice, as soon as there is one; `null` when there is to be none.
   * @throws the error that the watch was ended with
   */
  async next(): Promise<FeedMessage | null> {
    while (this.#end === null && this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#take();
  }

  #take(): FeedMessage | null {
    if (this.#end !== null) {
      if (this.#end.error !== null) throw this.#end.error;
      return null;
    }
    const notice = this.#waiting.shift() ?? null;
    if (notice !== null) this.#count(notice, -1);
    return notice;
  }

  #putLive({ turnId, turnNumber, events }: Extract<FeedMessage, { readonly type: 'live' }>): void {
    const last = this.#waiting.at(-1);
    if (last?.type === 'live' && last.turnId === turnId) {
      this.#count(last, -1);
      for (const event of events) addMerged(last.events, event);
      this.#count(last, 1);
    } else {
      this.#add({ type: 'live', turnId, turnNumber, events: [...events] });
    }
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#count(waiting, 1);
  }

  #count(waiting: Waiting, times: 1 | -1): void {
    const events = waiting.type === 'live' ? waiting.events : [];
    this.#events += times * (1 + events.length);
    this.#chars += times * charsOf(events);
  }
}
