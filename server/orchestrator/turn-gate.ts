import { setMaxListeners } from 'node:events';
import { overloaded, shuttingDown } from './failures.ts';
import type { Clock } from './ports/clock.ts';

interface TurnLimits {
  readonly maxTurnsInFlight: number;
  readonly maxTurnsWaiting: number;
}

/** The room of one turn, or end, on this server. Hold it by `using`. */
export interface TurnSlot extends Disposable {
  /**
   * Waits for other calls of the conversation. Meanwhile another turn may have the slot's room.
   * @throws TurnkeeperError OVERLOADED when too many wait already, or when no room gets free for the turn after the
   * wait
   */
  whileWaiting<Result>(wait: () => Promise<Result>): Promise<Result>;
}

/** Time that a call which has waited looks for room; the turn before it is about to leave its own. */
const roomWithinMs = 1_000;

/**
 * Bounds the turns in flight on this server, and the calls that wait to become one. Lets none in once it shuts down.
 */
export class TurnGate {
  readonly #limits: TurnLimits;
  readonly #clock: Clock;
  /** Calls that have waited and now need room. They come before any newcomer. */
  readonly #returning: (() => void)[] = [];
  #inFlight = 0;
  #waiting = 0;
  #isLeaving = false;
  readonly #closing = new AbortController();
  #whenEmpty: (() => void) | null = null;

  constructor(limits: TurnLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    // Node takes more than ten listeners for a leak. Each call that waits is one, and so is the watch gate.
    setMaxListeners(limits.maxTurnsInFlight + limits.maxTurnsWaiting + 1, this.#closing.signal);
  }

  /** Aborts with SHUTTING_DOWN when the server shuts down, for turns that wait for others. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** True from `leave` on: the server should get no more calls, but still takes them until the gate closes. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Calls that run now, and calls that wait for others of their conversations. */
  get load(): { readonly inFlight: number; readonly waiting: number } {
    return { inFlight: this.#inFlight, waiting: this.#waiting };
  }

  /**
   * Lets a turn, or an end, in, if there is room for it.
   * @throws TurnkeeperError OVERLOADED or SHUTTING_DOWN, before anything has begun
   */
  enter(): TurnSlot {
    this.closing.throwIfAborted();
    this.#takeRoom();
    let hasRoom = true;
    return {
      whileWaiting: async (wait) => {
        if (this.#waiting >= this.#limits.maxTurnsWaiting) {
          throw overloaded('Too many calls wait on this server.');
        }
        this.#waiting += 1;
        this.#giveRoom();
        hasRoom = false;
        try {
          const result = await wait();
          await this.#takeRoomAgain();
          hasRoom = true;
          return result;
        } finally {
          this.#waiting -= 1;
        }
      },
      [Symbol.dispose]: () => {
        if (hasRoom) this.#giveRoom();
        if (this.#isEmpty) this.#whenEmpty?.();
      },
    };
  }

  /** Announces that the gate will close, for whoever chooses a server for the next calls. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Lets nothing more in; resolves when all calls in flight, or waiting, have come to their end. */
  async close(): Promise<void> {
    this.leave();
    this.#closing.abort(shuttingDown());
    if (this.#isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  get #isEmpty(): boolean {
    return this.#inFlight === 0 && this.#waiting === 0;
  }

  #takeRoom(): void {
    if (this.#inFlight >= this.#limits.maxTurnsInFlight) {
      throw overloaded('This server has too many turns in flight.');
    }
    this.#inFlight += 1;
  }

  #giveRoom(): void {
    const next = this.#returning.shift();
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }

  async #takeRoomAgain(): Promise<void> {
    if (this.#inFlight < this.#limits.maxTurnsInFlight) {
      this.#takeRoom();
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
