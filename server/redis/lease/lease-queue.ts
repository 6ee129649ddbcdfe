import { z } from 'zod';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { Wait, WaitEnd, WaitOptions } from '../../orchestrator/ports/lease.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { storeUnavailable } from '../connection/redis-errors.ts';
import type { Subscriptions } from '../connection/subscriptions.ts';
import type { ConversationKeys } from '../scripts/conversation-keys.ts';
import type { QueueTimes } from '../scripts/define-scripts.ts';

interface QueueOptions {
  readonly redis: RedisConnection;
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  readonly queue: QueueTimes;
}

type Names = Pick<ConversationKeys, 'lock' | 'waiting' | 'events'> & { readonly ticket: string };

const enqueueReply = z.tuple([z.literal([-1, 0, 1]), z.string(), z.number()]);

/** Redis lets a lease run out by its own clock, to the millisecond. */
const pastTheLeaseMs = 5;
/** Pause of a caller that was notified, and still is, but did not get the lease: only a quorum can refuse it then. */
const notifiedInVainMs = 100;

/**
 * One caller's wait for a lease.
 *
 * The queue itself is a sorted set in Redis that all servers share. This class puts the caller's ticket there, sleeps until
 * the caller is notified or has to look for itself, and takes the ticket out. It does not take the lease: a notified caller
 * acquires it, in time or not at all.
 *
 * - A release notifies the next caller, so waiters do not poll. A waiter checks Redis itself only when the lease expires
 *   unreleased (its holder died), when a notified caller does not acquire it in time, and when the subscription is back.
 * - A message that arrives between two checks is not lost: the subscription comes before the first check.
 * - The order is Redis's: enqueuing again, after a lost reply or a look, keeps the ticket's place.
 * - A ticket never blocks others: it is taken out at the end, or passed over once it is older than any wait (I1 does not
 *   rest on it, since only the lease's holder commits).
 */
export class LeaseQueue implements Wait {
  readonly #shared: QueueOptions;
  readonly #names: Names;
  readonly #options: WaitOptions;
  readonly #cleanups: (() => void)[] = [];
  readonly #bell = new Bell();
  /** The ticket's arrival by Redis's clock, as the script returned it; '' before the first enqueuing. */
  #arrived = '';
  #cancelLook: () => void = () => undefined;
  #subscribed: Promise<void> | null = null;
  #isOver = false;
  #wasNotified = false;

  constructor(shared: QueueOptions, names: Names, options: WaitOptions) {
    this.#shared = shared;
    this.#names = names;
    this.#options = options;
    const cancelDeadline = shared.clock.after(options.maxMs, () => {
      this.#isOver = true;
      this.#bell.ring('look');
    });
    const look = (): void => this.#bell.ring('look');
    options.signal.addEventListener('abort', look);
    const stopReconnect = shared.subscriptions.onReconnect(look);
    this.#cleanups.push(
      cancelDeadline,
      stopReconnect,
      () => options.signal.removeEventListener('abort', look),
      () => this.#cancelLook(),
    );
  }

  async untilCalled(): Promise<WaitEnd> {
    const { signal } = this.#options;
    const { clock } = this.#shared;
    this.#subscribed ??= this.#subscribe();
    await this.#subscribed;
    let wasInVain = this.#wasNotified;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isOver) return 'timed-out';
      // The script's reply covers all that the bell was rung for so far.
      this.#bell.silence();
      const { isFull, isNotified, leaseLeftMs } = await this.#enqueue();
      if (isFull) return 'full';
      if (isNotified && wasInVain) {
        wasInVain = false;
        await this.#bell.rung(clock, notifiedInVainMs);
        continue;
      }
      if (isNotified || (await this.#bell.rung(clock, leaseLeftMs + pastTheLeaseMs)) === 'notified') {
        this.#wasNotified = true;
        return 'called';
      }
    }
  }

  async leave(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    // A wait that is still under way ends, and does not enqueue again.
    this.#isOver = true;
    this.#bell.ring('look');
    const { redis, queue } = this.#shared;
    const { lock, waiting, events, ticket } = this.#names;
    // Sent even if nothing was enqueued as far as is known: a reply may have been lost, or an interruption have enqueued it.
    await redis
      .leaveQueue(lock, waiting, events, ticket, String(queue.keptMs), String(queue.longestWaitMs))
      .catch(() => undefined);
  }

  async #subscribe(): Promise<void> {
    const { subscriptions, clock, queue } = this.#shared;
    const stop = await subscriptions.subscribe(this.#names.events, (ticket) => {
      this.#cancelLook();
      if (ticket === this.#names.ticket) this.#bell.ring('notified');
      // If the notified caller has died, no message follows.
      else this.#cancelLook = clock.after(queue.keptMs + pastTheLeaseMs, () => this.#bell.ring('look'));
    });
    this.#cleanups.push(stop);
  }

  async #enqueue(): Promise<{ isFull: boolean; isNotified: boolean; leaseLeftMs: number }> {
    const { redis, queue } = this.#shared;
    const { lock, waiting, events, ticket } = this.#names;
    const { at, mostWaiting } = this.#options;
    const bounds = [String(queue.keptMs), String(queue.longestWaitMs), String(mostWaiting)];
    try {
      const reply = await redis.enqueue(lock, waiting, events, ticket, this.#arrived, at, ...bounds);
      const [notified, arrived, leaseLeftMs] = enqueueReply.parse(reply);
      // Not notified although there is no lease: after Redis's clock was set forward, the ticket passed for a dead caller's.
      this.#arrived = notified === 0 && leaseLeftMs < 0 ? '' : arrived;
      return { isFull: notified === -1, isNotified: notified === 1, leaseLeftMs: Math.max(0, leaseLeftMs) };
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

/** `notified`: the lease is kept for this caller; `look`: something may have changed. */
type Ring = 'notified' | 'look';

/** Wakes one sleeper; rung while nobody sleeps, it wakes the next at once. */
class Bell {
  #rings: Ring[] = [];
  #wake: (() => void) | null = null;

  ring(ring: Ring): void {
    this.#rings.push(ring);
    this.#wake?.();
  }

  /** Forgets the rings so far. */
  silence(): void {
    this.#rings = [];
  }

  /** Waits for a ring, but no longer than `withinMs`. Returns `notified` if any ring was that, otherwise `look`. */
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
    const isNotified = this.#rings.includes('notified');
    this.#wake = null;
    this.#rings = [];
    return isNotified ? 'notified' : 'look';
  }
}
