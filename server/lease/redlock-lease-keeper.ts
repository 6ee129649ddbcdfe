import type { Redis } from 'ioredis';
import { Redlock } from 'redlock';
import type { Lock } from 'redlock';
import type { ConversationKey } from '../domain/identity.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { Acquisition, Lease, LeaseKeeper } from '../orchestrator/ports/lease.ts';
import type { Observer } from '../orchestrator/ports/observer.ts';
import type { KeyBuilder } from '../redis/conversation-keys.ts';
import { storeUnavailable } from '../redis/unavailable.ts';
import { defineLeaseScripts } from './define-lease-scripts.ts';
import { extendInTime } from './extend-in-time.ts';
import type { Extension } from './extend-in-time.ts';
import { faultBehind, hasRunOut, isContention } from './redlock-votes.ts';

export interface RedlockLeaseOptions {
  readonly redis: Redis;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
  readonly observer: Observer;
  /** How long a lease outlives a holder that dies, in milliseconds. */
  readonly ttlMs: number;
}

/** Leases through redlock, on the Redis that holds the state. */
export class RedlockLeaseKeeper implements LeaseKeeper {
  readonly #redlock: Redlock;
  readonly #options: RedlockLeaseOptions;

  constructor(options: RedlockLeaseOptions) {
    defineLeaseScripts(options.redis);
    this.#options = options;
    // One try each: its defaults ask ten times, 200 ms apart. Who waits, and how long, is the orchestrator's decision.
    this.#redlock = new Redlock([options.redis], { retryCount: 0 });
  }

  // Synchronous up to the command's way to Redis, so that what the caller sends next is behind it.
  async acquire(key: ConversationKey): Promise<Acquisition> {
    const { clock, keys, ttlMs } = this.#options;
    const takenAt = clock.now();
    try {
      const lock = await this.#redlock.acquire([keys.conversation(key).lock], ttlMs);
      return { kind: 'granted', lease: this.#hold(key, lock, takenAt) };
    } catch (error) {
      if (await isContention(error)) return { kind: 'held' };
      throw storeUnavailable(await faultBehind(error));
    }
  }

  #hold(key: ConversationKey, acquired: Lock, takenAt: number): Lease {
    const { clock, observer, ttlMs } = this.#options;
    let lock = acquired;
    const extend = async (): Promise<Extension> => {
      try {
        lock = await lock.extend(ttlMs);
        return 'extended';
      } catch (error) {
        return hasRunOut(error) || (await isContention(error)) ? 'lost' : 'unreachable';
      }
    };
    const watch = extendInTime({
      times: { clock, ttlMs, takenAt },
      extend,
      onExtended: () => observer.tell({ type: 'lease.extended', key, extendedForMs: ttlMs }),
      onLost: ({ reason }) => observer.tell({ type: 'lease.lost', key, reason }),
    });
    return {
      token: acquired.value,
      signal: watch.signal,
      stop: watch.stop,
      release: async () => {
        watch.stop();
        await lock.release().catch(() => undefined);
      },
    };
  }
}
