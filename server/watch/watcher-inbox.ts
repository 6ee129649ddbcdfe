import { TurnkeeperError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { FeedMessage } from '../orchestrator/ports/conversation-feed.ts';

/**
 * The messages that one watcher has not taken yet, in order. It is bounded: one `changed` stands for all committed
 * turns, and only the newest state of a running turn is kept. A watcher that lets too many failed turns wait is
 * dropped; when it returns, it is shown the turns that were committed meanwhile.
 */
export class WatcherInbox {
  #waiting: FeedMessage[] = [];
  #end: { readonly error: Error | null } | null = null;
  #wake: () => void = () => undefined;

  put(message: FeedMessage): void {
    if (this.#end !== null) return;
    switch (message.type) {
      case 'changed':
        if (this.#waiting.some(({ type }) => type === 'changed')) return;
        break;
      case 'running':
        this.#waiting = this.#waiting.filter(({ type }) => type !== 'running');
        break;
      case 'failed':
        this.#waiting = this.#waiting.filter(
          (waiting) => waiting.type !== 'running' || waiting.turnId !== message.turnId,
        );
    }
    this.#waiting.push(message);
    if (this.#waiting.length > limits.watcherMessages) {
      this.end(new TurnkeeperError('OVERLOADED', 'This watcher does not keep up. Watch again.'));
    }
    this.#wake();
  }

  /** Ends the watch, with an error or without; waiting messages are dropped. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#waiting = [];
    this.#wake();
  }

  /**
   * Resolves to the next message as soon as there is one; to `null` when the watch has ended.
   * @throws the error that the watch was ended with
   */
  async next(): Promise<FeedMessage | null> {
    for (;;) {
      if (this.#end !== null) {
        if (this.#end.error !== null) throw this.#end.error;
        return null;
      }
      const message = this.#waiting.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
