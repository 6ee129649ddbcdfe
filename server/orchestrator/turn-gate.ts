import { setMaxListeners } from 'node:events';
import { TurnkeeperError } from '../domain/errors.ts';

const overloadedRetryAfterMs = 1_000;
const shuttingDownRetryAfterMs = 1_000;

/** Bounds the turns in flight on this server, and lets none in once it shuts down. */
export class TurnGate {
  readonly #capacity: number;
  #inFlight = 0;
  readonly #closing = new AbortController();
  #whenEmpty: (() => void) | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
    // As many may listen as turns may wait, and what sends watchers away; Node takes more than ten for a leak.
    setMaxListeners(capacity + 1, this.#closing.signal);
  }

  /** Aborts with SHUTTING_DOWN: for turns that are let in and still wait for others. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Runs a turn, or an end, if there is room for it.
   * @throws TurnkeeperError OVERLOADED or SHUTTING_DOWN, before anything has begun
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.closing.throwIfAborted();
    if (this.#inFlight >= this.#capacity) {
      throw new TurnkeeperError(
        'OVERLOADED',
        'This server has too many turns in flight. Try again shortly.',
        {
          retryAfterMs: overloadedRetryAfterMs,
        },
      );
    }
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#whenEmpty?.();
    }
  }

  /** Lets nothing more in; resolves when what is in flight has come to its end. */
  async close(): Promise<void> {
    this.#closing.abort(shuttingDown());
    if (this.#inFlight === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }
}

function shuttingDown(): TurnkeeperError<'SHUTTING_DOWN'> {
  return new TurnkeeperError('SHUTTING_DOWN', 'This server is shutting down. Send the same turn again.', {
    retryAfterMs: shuttingDownRetryAfterMs,
  });
}
