import { Redlock } from 'redlock';
import type { ConversationKeys } from '../redis/conversation-keys.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import { defineLockScripts } from './define-lease-scripts.ts';
import type { HeldLock, Locks } from './locks.ts';
import { extensionBy, unlessContended } from './redlock-outcomes.ts';

/** Leases through redlock, on the Redis that holds the state. */
export class LocksOnTheState implements Locks {
  readonly areFreedByCommit = true;
  readonly #redlock: Redlock;
  readonly #ttlMs: number;

  constructor(redis: RedisConnection, ttlMs: number) {
    defineLockScripts(redis);
    // One try each: its defaults ask ten times, 200 ms apart. Who waits, and how long, is the orchestrator's decision.
    this.#redlock = new Redlock([redis], { retryCount: 0 });
    this.#ttlMs = ttlMs;
  }

  // Synchronous up to the command's way to Redis, so that what the caller sends next is behind it.
  async acquire({ lock, holder }: ConversationKeys, place: string): Promise<HeldLock | null> {
    const acquired = await unlessContended(this.#redlock.acquire([lock, holder, place], this.#ttlMs));
    if (acquired === null) return null;
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
}
