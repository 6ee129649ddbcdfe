import type { Identity } from '../domain/identity.ts';
import { overloaded } from './failures.ts';

interface WatchLimits {
  readonly maxWatchers: number;
  readonly maxWatchersPerUser: number;
}

/** Bounds the watches on this server, in all and by user, and ends them when it shuts down. */
export class WatchGate {
  readonly #limits: WatchLimits;
  readonly #closing: AbortSignal;
  readonly #inside = new Set<(error: Error) => void>();
  readonly #ofUser = new Map<string, number>();

  /** @param closing aborts, with SHUTTING_DOWN as its reason, when the server shuts down */
  constructor(watchLimits: WatchLimits, closing: AbortSignal) {
    this.#limits = watchLimits;
    this.#closing = closing;
    closing.addEventListener('abort', () => {
      for (const sendAway of [...this.#inside]) sendAway(closing.reason as Error);
    });
  }

  /** Watchers that are inside now. */
  get size(): number {
    return this.#inside.size;
  }

  /**
   * Lets a watcher in, until the returned function is called.
   * @param sendAway called when the watcher has to go to another server
   * @throws TurnkeeperError OVERLOADED or SHUTTING_DOWN
   */
  enter({ tenant, user }: Identity, sendAway: (error: Error) => void): () => void {
    this.#closing.throwIfAborted();
    const name = JSON.stringify([tenant, user]);
    const ofUser = this.#ofUser.get(name) ?? 0;
    if (this.#inside.size >= this.#limits.maxWatchers) throw overloaded('This server has too many watchers.');
    if (ofUser >= this.#limits.maxWatchersPerUser)
      throw overloaded('You have too many open watches on this server.');
    this.#ofUser.set(name, ofUser + 1);
    this.#inside.add(sendAway);
    return () => {
      if (!this.#inside.delete(sendAway)) return;
      const left = (this.#ofUser.get(name) ?? 1) - 1;
      if (left === 0) this.#ofUser.delete(name);
      else this.#ofUser.set(name, left);
    };
  }
}
