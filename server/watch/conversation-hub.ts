/**
 * One conversation, as one server follows it for all its watchers.
 *
 * The job: pass every message of the conversation's feed on to the listeners on this server, keep the live view of the
 * running turn for those who join later, and count the listeners. The boundary: feed messages in and out; the feed's
 * adapter owns the subscription, and each watcher reads the transcript by itself. It keeps that
 * - a message about an earlier turn than the running one is late, and dropped;
 * - a commit or a purge ends the running turn;
 * - a turn that is silent for too long counts as failed; if it commits after all, `changed` follows, because the store
 *   decides (I5).
 */
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { FeedMessage } from '../orchestrator/ports/conversation-feed.ts';

type HubListener = (message: FeedMessage) => void;
type RunningTurn = Extract<FeedMessage, { readonly type: 'running' }>;

interface Silence {
  readonly clock: Clock;
  /** Time without a message about the running turn after which its server counts as dead, in milliseconds. */
  readonly afterMs: number;
}

interface HubOptions {
  /** `null` where a running turn need not give signs of life. */
  readonly silence: Silence | null;
  /** Called when the last listener has left, so that the hub and its subscription can go. */
  readonly whenEmpty?: () => void;
}

export class ConversationHub {
  readonly #options: HubOptions;
  readonly #listeners = new Set<HubListener>();
  #running: RunningTurn | null = null;
  #cancelSilence: () => void = () => undefined;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /** Sends a listener the live view of the running turn, then every message, until the returned function is called. */
  join(listener: HubListener): () => void {
    this.#listeners.add(listener);
    if (this.#running !== null) listener(this.#running);
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#cancelSilence();
      this.#options.whenEmpty?.();
    };
  }

  take(message: FeedMessage): void {
    switch (message.type) {
      case 'changed':
        this.#forget();
        break;
      case 'running':
        if (this.#running !== null && message.turnNumber < this.#running.turnNumber) return;
        this.#running = message;
        this.#awaitWord(message);
        break;
      case 'failed':
        if (this.#running?.turnId === message.turnId) this.#forget();
    }
    this.#tell(message);
  }

  /** Sends every listener to the store, because messages may have been missed. The running turn goes on. */
  lookAgain(): void {
    this.#tell({ type: 'changed' });
  }

  #forget(): void {
    this.#cancelSilence();
    this.#running = null;
  }

  #awaitWord({ turnId, turnNumber }: RunningTurn): void {
    this.#cancelSilence();
    const { silence } = this.#options;
    if (silence === null || this.#listeners.size === 0) return;
    this.#cancelSilence = silence.clock.after(silence.afterMs, () => {
      this.take({ type: 'failed', turnId, turnNumber, reason: 'LEASE_LOST' });
    });
  }

  #tell(message: FeedMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}
