import { randomBytes } from 'node:crypto';
import { Redlock } from 'redlock';
import type { Lock } from 'redlock';
import type { ConversationKeys } from '../conversation-keys.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { storeUnavailable } from '../connection/unavailable.ts';
import { defineLockScripts } from './define-lease-scripts.ts';
import type { HeldLock, Locks } from './locks.ts';
import { extensionBy, extensionOf, unlessContended } from './redlock-outcomes.ts';

const database = '0';

/** Leases through redlock, on the Redis that holds the state. */
export class LocksOnTheState implements Locks {
  readonly areFreedByCommit = true;
  readonly #redis: RedisConnection;
  readonly #redlock: Redlock;
  readonly #ttlMs: number;

  constructor(redis: RedisConnection, ttlMs: number) {
    defineLockScripts(redis);
    // One try each: its defaults ask ten times, 200 ms apart. Who waits, and how long, is the orchestrator's decision.
    this.#redlock = new Redlock([redis], { retryCount: 0 });
    this.#redis = redis;
    this.#ttlMs = ttlMs;
  }

  // Synchronous up to the command's way to Redis, so that what the caller sends next is behind it.
  async acquire(keys: ConversationKeys, place: string, evenIfFull: boolean): Promise<HeldLock | null> {
    const { lock, holder } = keys;
    if (evenIfFull) return this.#acquireEvenIfFull(keys, place);
    const acquired = await unlessContended(this.#redlock.acquire([lock, holder, place], this.#ttlMs));
    return acquired === null ? null : this.#hold(acquired);
  }

  canGrant(): Promise<boolean> {
    return Promise.resolve(true);
  }

  #hold(acquired: Lock): HeldLock {
    let current = acquired;
    return {
      token: acquired.value,
      extend: () =>
        extensionBy(async () => {
          current = await current.extend(this.#ttlMs);
        }),
      release: async () => {
        await current.release().catch(() => undefined);
      },
    };
  }

  /** redlock has one script to acquire; this is the same one, allowed to write where the memory is full. */
  async #acquireEvenIfFull({ lock, holder }: ConversationKeys, place: string): Promise<HeldLock | null> {
    const redis = this.#redis;
    const token = randomBytes(16).toString('hex');
    const release = async (): Promise<void> => {
      await redis.releaseLock(1, lock, database, token).catch(() => undefined);
    };
    try {
      const taken = await redis.acquireLockEvenIfFull(3, lock, holder, place, database, token, this.#ttlMs);
      if (Number(taken) === 0) return null;
    } catch (error) {
      // It may have been taken, and the answer been lost.
      await release();
      throw storeUnavailable(error);
    }
    return {
      token,
      extend: () => extensionOf(redis.extendLock(1, lock, database, token, this.#ttlMs)),
      release,
    };
  }
}
