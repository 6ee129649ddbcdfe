import type { FailureReason } from '../../../contract/errors.ts';
import type { LiveEvent } from '../../../contract/watch-events.ts';
import { LiveSnapshot } from '../../answer/live/live-snapshot.ts';
import { addMerged } from '../../answer/live/merge-events.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { LiveTurn } from '../../orchestrator/ports/live-observer.ts';
import { writeNotice } from './feed-messages.ts';

/**
 * How often a running turn is told of, in milliseconds. Pieces are gathered for a moment that nobody notices, so that a
 * turn which is answered at once costs nothing. All that was shown is sent again now and then, for who has come in
 * between or missed something, and as a sign of life.
 */
const piecesEveryMs = 50;
export const wholeEveryMs = 1_000;

interface BroadcastOptions {
  readonly clock: Clock;
  /** Answers how many servers have heard it. */
  readonly publish: (message: string) => Promise<number>;
}

/** Tells all servers of one running turn, in few messages and one at a time. */
export class LiveBroadcast {
  readonly #turn: Pick<LiveTurn, 'turnId' | 'turnNumber'>;
  readonly #options: BroadcastOptions;
  readonly #soFar = new LiveSnapshot();
  #fresh: LiveEvent[] = [];
  #heardBy = 0;
  #wholeDueAt: number;
  #isSending = false;
  #isOver = false;
  #due: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor({ turnId, turnNumber }: LiveTurn, options: BroadcastOptions) {
    this.#turn = { turnId, turnNumber };
    this.#options = options;
    this.#soFar.take({ ...this.#turn, events: [] });
    this.#wholeDueAt = options.clock.now() + piecesEveryMs;
    this.#sendAt(this.#wholeDueAt);
  }

  show(event: LiveEvent): void {
    const part = this.#soFar.take({ ...this.#turn, events: [event] });
    for (const change of part?.events ?? []) addMerged(this.#fresh, change);
    if (this.#heardBy > 0 && this.#fresh.length > 0) this.#sendAt(this.#options.clock.now() + piecesEveryMs);
  }

  over(failure: FailureReason | null): void {
    this.#isOver = true;
    this.#due?.cancel();
    if (failure === null) return;
    const notice = writeNotice({ type: 'failed', ...this.#turn, reason: failure });
    this.#options.publish(notice).catch(() => undefined);
  }

  #sendAt(at: number): void {
    if (this.#isOver || this.#isSending || (this.#due !== null && this.#due.at <= at)) return;
    const { clock } = this.#options;
    this.#due?.cancel();
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.#due = null;
      void this.#send();
    });
    this.#due = { at, cancel };
  }

  async #send(): Promise<void> {
    const { clock, publish } = this.#options;
    // A timer may fire a millisecond early by the clock's reading: what is due with nothing fresh is always the whole.
    const isWhole = this.#fresh.length === 0 || clock.now() >= this.#wholeDueAt;
    const events = isWhole ? (this.#soFar.whole()?.events ?? []) : this.#fresh;
    this.#fresh = [];
    if (isWhole) this.#wholeDueAt = clock.now() + wholeEveryMs;
    this.#isSending = true;
    const heardBy = await publish(writeNotice({ type: 'live', ...this.#turn, events })).catch(() => 0);
    this.#isSending = false;
    // Who has just come to listen has missed the beginning.
    if (heardBy > this.#heardBy && !isWhole) this.#wholeDueAt = clock.now();
    this.#heardBy = heardBy;
    const isMore = heardBy > 0 && this.#fresh.length > 0;
    this.#sendAt(isMore ? Math.min(clock.now() + piecesEveryMs, this.#wholeDueAt) : this.#wholeDueAt);
  }
}
