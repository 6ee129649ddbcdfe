import type { FailureReason } from '../../../contract/errors.ts';
import { nothingShown } from '../../answer/live-answer.ts';
import type { LiveSnapshot } from '../../answer/live-answer.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { LiveTurn } from '../../orchestrator/ports/live-observer.ts';
import { writeFeedMessage } from './feed-messages.ts';

/**
 * Shortest time between two messages of a running turn, in milliseconds: too short to notice, and long enough that a
 * turn which is answered at once costs nothing.
 */
const shortestMs = 50;
/** Time between two messages while nothing changes, in milliseconds: a sign of life, and all of it for newcomers. */
export const signOfLifeMs = 1_000;
/** Every message holds the whole text, so a long one is sent less often: at most so many characters a millisecond. */
const charsPerMs = 100;

interface BroadcastOptions {
  readonly clock: Clock;
  /** Resolves to the number of servers that received the message. */
  readonly publish: (message: string) => Promise<number>;
}

/** Sends the live view of one running turn to all servers, in few messages and one at a time. */
export class LiveBroadcast {
  readonly #turn: Pick<LiveTurn, 'turnId' | 'turnNumber'>;
  readonly #options: BroadcastOptions;
  #shown: LiveSnapshot = nothingShown;
  #receivers = 0;
  #isSending = false;
  #isOver = false;
  #due: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor({ turnId, turnNumber }: LiveTurn, options: BroadcastOptions) {
    this.#turn = { turnId, turnNumber };
    this.#options = options;
    this.#sendIn(shortestMs);
  }

  show(shown: LiveSnapshot): void {
    this.#shown = shown;
    if (this.#receivers > 0) this.#sendIn(this.#pauseMs());
  }

  over(failure: FailureReason | null): void {
    this.#isOver = true;
    this.#due?.cancel();
    if (failure === null) return;
    const message = writeFeedMessage({ type: 'failed', ...this.#turn, reason: failure });
    this.#options.publish(message).catch(() => undefined);
  }

  #pauseMs(): number {
    const chars = this.#shown.texts.reduce((sum, { text }) => sum + text.length, 0);
    return Math.min(signOfLifeMs, Math.max(shortestMs, Math.round(chars / charsPerMs)));
  }

  /** Sends in so many milliseconds at the latest. */
  #sendIn(ms: number): void {
    const { clock } = this.#options;
    const at = clock.now() + ms;
    if (this.#isOver || this.#isSending || (this.#due !== null && this.#due.at <= at)) return;
    this.#due?.cancel();
    const cancel = clock.after(ms, () => {
      this.#due = null;
      void this.#send();
    });
    this.#due = { at, cancel };
  }

  async #send(): Promise<void> {
    const shown = this.#shown;
    this.#isSending = true;
    const message = writeFeedMessage({ type: 'running', ...this.#turn, shown });
    this.#receivers = await this.#options.publish(message).catch(() => 0);
    this.#isSending = false;
    const isMore = this.#receivers > 0 && this.#shown !== shown;
    this.#sendIn(isMore ? this.#pauseMs() : signOfLifeMs);
  }
}
