import type { ConversationKey } from '../../domain/identity.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type {
  AcquireOptions,
  Acquisition,
  Lease,
  LeaseKeeper,
  QueueTicket,
  Wait,
  WaitOptions,
} from '../../orchestrator/ports/lease.ts';
import type { Observer } from '../../orchestrator/ports/observer.ts';
import { turnInterrupted } from '../../orchestrator/failures.ts';
import type { KeyBuilder } from '../conversation-keys.ts';
import type { LineTimes } from './queue-times.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';
import type { Subscriptions } from '../connection/subscriptions.ts';
import { storeUnavailable } from '../connection/unavailable.ts';
import { defineLineScripts } from './define-lease-scripts.ts';
import { extendInTime } from './extend-in-time.ts';
import { Interrupts } from './interrupts.ts';
import type { HeldLock, Locks } from './locks.ts';
import { LeaseQueue } from './lease-queue.ts';

export interface RedlockLeaseOptions {
  /** The Redis that holds the state. */
  readonly redis: RedisConnection;
  readonly subscriptions: Subscriptions;
  readonly locks: Locks;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
  readonly observer: Observer;
  /** How long a lease outlives a holder that dies, in milliseconds. */
  readonly ttlMs: number;
  readonly line: LineTimes;
}

// A holder that is paused, or cut off, is to learn of its interruption when it comes back; by then its turn's time is up.
const interruptedLives = 10;

/** Leases through redlock, the line for them, and their interruption. */
export class RedlockLeaseKeeper implements LeaseKeeper {
  readonly #options: RedlockLeaseOptions;
  readonly #interrupts: Interrupts;
  #probing: Promise<boolean> | null = null;

  constructor(options: RedlockLeaseOptions) {
    defineLineScripts(options.redis);
    this.#options = options;
    this.#interrupts = new Interrupts(options.subscriptions, options.keys.interrupts);
  }

  // Synchronous up to the command's way to Redis, so that what the caller sends next is behind it.
  async acquire(
    key: ConversationKey,
    place: QueueTicket,
    { evenIfFull = false }: AcquireOptions = {},
  ): Promise<Acquisition> {
    const { clock, keys, locks } = this.#options;
    const takenAt = clock.now();
    const acquiring = locks.acquire(keys.conversation(key), keys.place(key, place), evenIfFull);
    // Whether Redis has run it is not known then. It is given back, but without calling who has stood in line meanwhile.
    acquiring.catch(() => this.#settle(key, { token: '', agentMayHaveHeard: true }));
    const lock = await acquiring;
    return lock === null ? { kind: 'held' } : { kind: 'granted', lease: this.#hold(key, lock, takenAt) };
  }

  enqueue(key: ConversationKey, place: QueueTicket, options: WaitOptions): Wait {
    const { keys } = this.#options;
    const names = { ...keys.conversation(key), place: keys.place(key, place) };
    return new LeaseQueue(this.#options, names, options);
  }

  async interrupt(key: ConversationKey, place: QueueTicket, owner: string): Promise<boolean> {
    const { redis, keys, locks, line, ttlMs } = this.#options;
    const { lock, waiting, events } = keys.conversation(key);
    try {
      const reply = await redis.interruptHolder(
        lock,
        keys.interrupted(key, owner),
        waiting,
        events,
        keys.place(key, place),
        owner,
        String(interruptedLives * ttlMs),
        locks.areFreedByCommit ? String(line.keptMs) : '',
        keys.interrupts,
        String(line.longestWaitMs),
      );
      return reply === 1;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async isReachable(): Promise<boolean> {
    const { locks, keys } = this.#options;
    this.#probing ??= locks.canGrant(keys.probe).finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }

  #hold(key: ConversationKey, lock: HeldLock, takenAt: number): Lease {
    const { clock, observer, ttlMs, locks } = this.#options;
    const watch = extendInTime({
      times: { clock, ttlMs, takenAt },
      extend: async () => {
        const extension = await lock.extend();
        // Where the message was missed, the mark tells.
        if (extension === 'lost' && (await this.#isInterrupted(key, lock.token)))
          watch.lose(turnInterrupted());
        return extension;
      },
      onExtended: () => observer.tell({ type: 'lease.extended', key, extendedForMs: ttlMs }),
      onLost: ({ reason }) => {
        this.#interrupts.unregister(lock.token);
        observer.tell({ type: 'lease.lost', key, reason });
      },
    });
    this.#interrupts.register(lock.token, () => watch.lose(turnInterrupted()));
    const stop = (): void => {
      watch.stop();
      this.#interrupts.unregister(lock.token);
    };
    return {
      token: lock.token,
      signal: watch.signal,
      isFreedByCommit: locks.areFreedByCommit,
      stop,
      release: async ({ agentMayHaveHeard }) => {
        stop();
        // Who is called asks the other masters next: they must be free by then. On one Redis it is the settling that frees
        // the lease, so that nobody slips in before who is next; the release behind it is for a settling that failed.
        if (!locks.areFreedByCommit) await lock.release();
        const settled = this.#settle(key, { token: lock.token, agentMayHaveHeard });
        await Promise.all([settled, locks.areFreedByCommit ? lock.release() : null]);
      },
    };
  }

  async #isInterrupted(key: ConversationKey, token: string): Promise<boolean> {
    const { redis, keys } = this.#options;
    return (await redis.exists(keys.interrupted(key, token)).catch(() => 0)) === 1;
  }

  async #settle(
    key: ConversationKey,
    { token, agentMayHaveHeard }: { readonly token: string; readonly agentMayHaveHeard: boolean },
  ): Promise<void> {
    const { redis, keys, line } = this.#options;
    const { lock, holder, waiting, events } = keys.conversation(key);
    const times = [String(line.keptMs), String(line.longestWaitMs)];
    await redis
      .releaseAndHandOver(lock, holder, waiting, events, token, agentMayHaveHeard ? '1' : '0', ...times)
      .catch(() => undefined);
  }
}
