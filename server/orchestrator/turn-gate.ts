import { setMaxListeners } from 'node:events';
import { TurnkeeperError } from '../domain/errors.ts';
import type { Clock } from './ports/clock.ts';

interface TurnLimits {
  readonly maxTurnsInFlight: number;
  readonly maxTurnsWaiting: number;
}

/** A turn's room on this server. */
export interface TurnSlot {
  /**
   * Waits for others of the conversation, without the room of a turn meanwhile: it is another turn's until the wait is over.
   * @throws TurnkeeperError OVERLOADED when too many wait already, or when no room gets free for the turn after the wait
   */
  whileWaiting<Result>(wait: () => Promise<Result>): Promise<Result>;
}

const overloadedRetryAfterMs = 1_000;
const shuttingDownRetryAfterMs = 1_000;
/** How long a call that has waited looks for room: the turn before it is about to leave its own. */
const roomWithinMs = 1_000;

/** Bounds the turns in flight on this server, and the calls that wait to become one; lets none in once it shuts down. */
export class TurnGate {
  readonly #limits: TurnLimits;
  readonly #clock: Clock;
  /** Calls that have waited and now need room: the next that gets free is theirs, before that of any newcomer. */
  readonly #returning: (() => void)[] = [];
  #inFlight = 0;
  #waiting = 0;
  readonly #closing = new AbortController();
  #whenEmpty: (() => void) | null = null;

  constructor(limits: TurnLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    // As many may listen as calls may wait, in a turn's room or in their own, and what sends watchers away; Node takes more
    // than ten for a leak.
    setMaxListeners(limits.maxTurnsInFlight + limits.maxTurnsWaiting + 1, this.#closing.signal);
  }

  /** Aborts with SHUTTING_DOWN: for turns that are let in and still wait for others. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Runs a turn, or an end, if there is room for it.
   * @throws TurnkeeperError OVERLOADED or SHUTTING_DOWN, before anything has begun
   */
  async run<Result>(work: (slot: TurnSlot) => Promise<Result>): Promise<Result> {
    this.closing.throwIfAborted();
    this.#enter();
    const room = { isHeld: true };
    const slot: TurnSlot = {
      whileWaiting: async (wait) => {
        if (this.#waiting >= this.#limits.maxTurnsWaiting) {
          throw overloaded('Too many calls wait on this server.');
        }
        this.#waiting += 1;
        this.#leave();
        room.isHeld = false;
        try {
          const result = await wait();
          await this.#return();
          room.isHeld = true;
          return result;
        } finally {
          this.#waiting -= 1;
        }
      },
    };
    try {
      return await work(slot);
    } finally {
      if (room.isHeld) this.#leave();
      if (this.#isEmpty) this.#whenEmpty?.();
    }
  }

  /** Lets nothing more in; resolves when what is in flight, or waits, has come to its end. */
  async close(): Promise<void> {
    this.#closing.abort(shuttingDown());
    if (this.#isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  get #isEmpty(): boolean {
    return this.#inFlight === 0 && this.#waiting === 0;
  }

  #enter(): void {
    if (this.#inFlight >= this.#limits.maxTurnsInFlight) {
      throw overloaded('This server has too many turns in flight.');
    }
    this.#inFlight += 1;
  }

  #leave(): void {
    const next = this.#returning.shift();
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }

  async #return(): Promise<void> {
    if (this.#inFlight < this.#limits.maxTurnsInFlight) {
      this.#enter();
      return;
    }
    const hasRoom = await new Promise<boolean>((resolve) => {
      const enter = (): void => {
        cancel();
        resolve(true);
      };
      const cancel = this.#clock.after(roomWithinMs, () => {
        this.#returning.splice(this.#returning.indexOf(enter), 1);
        resolve(false);
      });
      this.#returning.push(enter);
    });
    if (!hasRoom) throw overloaded('This server has too many turns in flight.');
  }
}

function overloaded(what: string): TurnkeeperError<'OVERLOADED'> {
  return new TurnkeeperError('OVERLOADED', `${what} Try again shortly.`, {
    retryAfterMs: overloadedRetryAfterMs,
  });
}

function shuttingDown(): TurnkeeperError<'SHUTTING_DOWN'> {
  return new TurnkeeperError('SHUTTING_DOWN', 'This server is shutting down. Send the same turn again.', {
    retryAfterMs: shuttingDownRetryAfterMs,
  });
}
