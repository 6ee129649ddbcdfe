import { TurnkeeperError } from '../../domain/errors.ts';
import { Cancellation } from '../../orchestrator/cancellation.ts';
import { leaseLost } from '../../orchestrator/failures.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';

/** The outcome of one request to extend a lease. */
export type Extension = 'extended' | 'lost' | 'unreachable';

interface LeaseTimes {
  readonly clock: Clock;
  /** The lease's life, in milliseconds. */
  readonly ttlMs: number;
  /** The time at which the request that won the lease was sent, in milliseconds since the epoch. */
  readonly takenAt: number;
}

/** A lease as its watch needs it. */
export interface Extendable {
  extend(): Promise<Extension>;
  /** Called after each success. */
  extended(): void;
  /** Called once, before the loss is told to others. */
  lost(reason: TurnkeeperError): void;
}

/**
 * Extends a lease by a timer, a third of its life after each success. When that fails it cancels a tenth of the lease's
 * life before the lease runs out, because a holder must not rely on a lease that has expired. redlock's own `using`
 * aborts 0.2 s after the expiry, and retries without a delay.
 */
export class LeaseWatch {
  readonly loss = new Cancellation();
  readonly #lease: Extendable;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  #validUntil: number;
  #isStopped = false;
  #cancelNext: (() => void) | null = null;
  #cancelDeadline: (() => void) | null = null;

  constructor(lease: Extendable, { clock, ttlMs, takenAt }: LeaseTimes) {
    this.#lease = lease;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#validUntil = takenAt + ttlMs;
    this.#extendLater();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelNext?.();
    this.#cancelDeadline?.();
  }

  /** Cancels, unless it is stopped already. */
  lose(reason: TurnkeeperError): void {
    if (this.#isStopped) return;
    this.stop();
    this.#lease.lost(reason);
    this.loss.cancel(reason);
  }

  #extendLater(): void {
    const dueInMs = this.#validUntil - this.#clock.now() - (2 * this.#ttlMs) / 3;
    this.#cancelNext = this.#clock.after(Math.max(0, dueInMs), () => {
      // The deadline does not wait for the request: while Redis hangs, its reply would come too late.
      this.#timeDeadline();
      if (!this.#isStopped) void this.#attempt();
    });
  }

  async #attempt(): Promise<void> {
    const asked = this.#clock.now();
    const extension = await this.#lease.extend();
    if (this.#isStopped) return;
    switch (extension) {
      case 'extended':
        this.#cancelDeadline?.();
        this.#validUntil = asked + this.#ttlMs;
        this.#extendLater();
        this.#lease.extended();
        break;
      case 'lost':
        this.lose(leaseLost());
        break;
      case 'unreachable':
        this.#cancelNext = this.#clock.after(this.#ttlMs / 10, () => void this.#attempt());
    }
  }

  /**
   * A turn is mostly over before its lease is due, so the deadline is timed no sooner than the first request to extend.
   */
  #timeDeadline(): void {
    const leftMs = this.#validUntil - this.#clock.now() - this.#ttlMs / 10;
    if (leftMs <= 0) this.#expire();
    else this.#cancelDeadline = this.#clock.after(leftMs, () => this.#expire());
  }

  #expire(): void {
    // Past the expiry, this process was paused, and another may hold the lease by now.
    if (this.#clock.now() >= this.#validUntil) this.lose(leaseLost());
    else
      this.lose(
        new TurnkeeperError(
          'STATE_STORE_UNAVAILABLE',
          "The state store can't be reached any more. Nothing of this call was stored; send it again.",
          { retryAfterMs: 1_000 },
        ),
      );
  }
}
