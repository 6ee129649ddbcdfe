import { z } from 'zod';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { Wait, WaitEnd, WaitOptions } from '../../orchestrator/ports/lease.ts';
import type { ConversationKeys } from '../conversation-keys.ts';
import type { LineTimes } from './queue-times.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';
import type { Subscriptions } from '../connection/subscriptions.ts';
import { storeUnavailable } from '../connection/unavailable.ts';

interface Line {
  readonly redis: RedisConnection;
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  readonly line: LineTimes;
}

type Names = Pick<ConversationKeys, 'lock' | 'waiting' | 'events'> & { readonly place: string };

const standing = z.tuple([z.literal([-1, 0, 1]), z.string(), z.number()]);

/** Redis lets a lease run out by its own clock, to the millisecond. */
const pastTheLeaseMs = 5;
/** When who was called, and still is, did not get the lease: only where other Redis must grant it too. */
const calledInVainMs = 100;

/**
 * A wait for a lease. The release calls who is next by a message, so nobody polls; only when the lease's life is over
 * without a release, because its holder died, or when who was called may have died, does who waits look after it.
 */
export class LeaseQueue implements Wait {
  readonly #line: Line;
  readonly #names: Names;
  readonly #options: WaitOptions;
  readonly #cleanups: (() => void)[] = [];
  readonly #bell = new Bell();
  #arrived = '';
  #cancelLook: () => void = () => undefined;
  #hears: Promise<void> | null = null;
  #isOver = false;
  #wasCalled = false;

  constructor(line: Line, names: Names, options: WaitOptions) {
    this.#line = line;
    this.#names = names;
    this.#options = options;
    const cancelDeadline = line.clock.after(options.maxMs, () => {
      this.#isOver = true;
      this.#bell.ring('look');
    });
    const ring = (): void => this.#bell.ring('look');
    options.signal.addEventListener('abort', ring);
    const stopBack = line.subscriptions.onReconnect(ring);
    this.#cleanups.push(cancelDeadline, stopBack, () => options.signal.removeEventListener('abort', ring));
    this.#cleanups.push(() => this.#cancelLook());
  }

  async untilCalled(): Promise<WaitEnd> {
    const { signal } = this.#options;
    // Before standing in line, so that no call is missed.
    this.#hears ??= this.#hear();
    await this.#hears;
    let wasInVain = this.#wasCalled;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isOver) return 'timed-out';
      // What it was rung for so far, the answer tells.
      this.#bell.silence();
      const { isFull, isCalled, leaseLeftMs } = await this.#stand();
      if (isFull) return 'full';
      if (isCalled && wasInVain) {
        wasInVain = false;
        await this.#bell.rung(this.#line.clock, calledInVainMs);
        continue;
      }
      if (isCalled || (await this.#bell.rung(this.#line.clock, leaseLeftMs + pastTheLeaseMs)) === 'called') {
        this.#wasCalled = true;
        return 'called';
      }
    }
  }

  async leave(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    const { redis, line } = this.#line;
    const { lock, waiting, events, place } = this.#names;
    // Even if it never stood there, as far as is known: an answer may have been lost, or an interruption have put it there.
    await redis
      .leaveQueue(lock, waiting, events, place, String(line.keptMs), String(line.longestWaitMs))
      .catch(() => undefined);
  }

  async #hear(): Promise<void> {
    const { subscriptions, clock, line } = this.#line;
    const stop = await subscriptions.subscribe(this.#names.events, (place) => {
      this.#cancelLook();
      if (place === this.#names.place) this.#bell.ring('called');
      // Should who was called have died, nobody else will tell.
      else this.#cancelLook = clock.after(line.keptMs + pastTheLeaseMs, () => this.#bell.ring('look'));
    });
    this.#cleanups.push(stop);
  }

  async #stand(): Promise<{ isFull: boolean; isCalled: boolean; leaseLeftMs: number }> {
    const { redis, line } = this.#line;
    const { lock, waiting, events, place } = this.#names;
    const { at, mostWaiting } = this.#options;
    const bounds = [String(line.keptMs), String(line.longestWaitMs), String(mostWaiting)];
    try {
      const reply = await redis.enqueue(lock, waiting, events, place, this.#arrived, at, ...bounds);
      const [called, arrived, leaseLeftMs] = standing.parse(reply);
      // Not called, and no lease to wait for: by a clock of Redis that was set forward, the place was taken for a dead one's.
      this.#arrived = called === 0 && leaseLeftMs < 0 ? '' : arrived;
      return { isFull: called === -1, isCalled: called === 1, leaseLeftMs: Math.max(0, leaseLeftMs) };
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

/** Called, or to look what has changed. */
type Ring = 'called' | 'look';

/** Wakes one sleeper; rung while nobody sleeps, it wakes the next at once. */
class Bell {
  #rings: Ring[] = [];
  #wake: (() => void) | null = null;

  ring(ring: Ring): void {
    this.#rings.push(ring);
    this.#wake?.();
  }

  /** Forgets what it was rung for so far. */
  silence(): void {
    this.#rings = [];
  }

  /** What it was rung for, once it is, or `look` after so many milliseconds. */
  async rung(clock: Clock, withinMs: number): Promise<Ring> {
    if (this.#rings.length === 0) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(withinMs, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
    const isCalled = this.#rings.includes('called');
    this.#wake = null;
    this.#rings = [];
    return isCalled ? 'called' : 'look';
  }
}
