import type { LivePart } from '../answer/live/live-snapshot.ts';
import { LiveSnapshot } from '../answer/live/live-snapshot.ts';
import type { Clock } from './ports/clock.ts';
import type { FeedMessage } from './ports/conversation-feed.ts';

type Hear = (notice: FeedMessage) => void;
type Failed = Extract<FeedMessage, { readonly type: 'failed' }>;

interface Silence {
  readonly clock: Clock;
  /** After how long without a word of the running turn its server is taken for dead, in milliseconds. */
  readonly afterMs: number;
}

/** One conversation as one server hears of it, for however many listen. */
export class ConversationChannel {
  readonly #listeners = new Set<Hear>();
  readonly #soFar = new LiveSnapshot();
  readonly #silence: Silence | null;
  #cancelSilence: () => void = () => undefined;

  /** @param silence null where a running turn need not give signs of life */
  constructor(silence: Silence | null) {
    this.#silence = silence;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Who joins is told what was shown of the running turn, then all that comes. */
  join(hear: Hear): () => void {
    this.#listeners.add(hear);
    const whole = this.#soFar.whole();
    if (whole !== null) hear({ type: 'live', ...whole });
    return () => {
      this.#listeners.delete(hear);
      if (this.isEmpty) this.#cancelSilence();
    };
  }

  /** Something was committed, or purged: whatever turn ran until then is over. */
  changed(): void {
    this.#forget();
    this.lookAgain();
  }

  /** Messages may have been missed. */
  lookAgain(): void {
    this.#tell({ type: 'changed' });
  }

  show(part: LivePart): void {
    const isNew = this.#soFar.turn?.turnId !== part.turnId;
    const fresh = this.#soFar.take(part);
    if (fresh === null) return;
    this.#awaitWord();
    if (isNew || fresh.events.length > 0) this.#tell({ type: 'live', ...fresh });
  }

  fail(failed: Failed): void {
    if (this.#soFar.turn?.turnId === failed.turnId) this.#forget();
    this.#tell(failed);
  }

  #forget(): void {
    this.#cancelSilence();
    this.#soFar.forget();
  }

  #awaitWord(): void {
    this.#cancelSilence();
    if (this.#silence === null || this.isEmpty) return;
    const { clock, afterMs } = this.#silence;
    this.#cancelSilence = clock.after(afterMs, () => {
      const { turn } = this.#soFar;
      if (turn !== null) this.fail({ type: 'failed', ...turn, reason: 'LEASE_LOST' });
    });
  }

  #tell(notice: FeedMessage): void {
    for (const hear of this.#listeners) hear(notice);
  }
}
