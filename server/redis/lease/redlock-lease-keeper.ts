import type { ConversationKey } from '../../domain/identity.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type {
  Acquisition,
  LeaseKeeper,
  QueueTicket,
  Wait,
  WaitOptions,
} from '../../orchestrator/ports/lease.ts';
import type { Observer } from '../../orchestrator/ports/observer.ts';
import type { LoadRequest } from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { storeUnavailable } from '../connection/redis-errors.ts';
import type { Subscriptions } from '../connection/subscriptions.ts';
import { turnIdOfTicket } from '../scripts/conversation-keys.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';
import { HeldLease, releaseAndHandOver } from './held-lease.ts';
import type { HeldLeaseOptions } from './held-lease.ts';
import { LeaseQueue } from './lease-queue.ts';
import type { QueueTimes } from '../scripts/define-scripts.ts';
import type { RedisConversationList } from '../store/conversation-list.ts';
import type { Locks, WantedLock } from './locks.ts';

interface RedlockLeaseOptions {
  /** The Redis that holds the state. */
  readonly redis: RedisConnection;
  readonly subscriptions: Subscriptions;
  readonly locks: Locks;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
  readonly observer: Observer;
  /** The lease's life, in milliseconds: a lease outlives a holder that dies by so long. */
  readonly ttlMs: number;
  readonly queue: QueueTimes;
  readonly list: RedisConversationList;
}

// A holder that is paused, or cut off, must learn of its interruption when it comes back. By then its turn's time is up.
const interruptedLives = 10;

/**
 * The leases: granted by `Locks`, extended by a timer, queued for, interrupted, handed over.
 *
 * The keeper knows conversations as keys only. It neither decides whether to wait or to interrupt (the orchestrator does) nor
 * guards what is stored: the commit script checks the lease's token again (I3).
 *
 * - A lease has one holder at a time, as far as Redis's clock and memory go (I1).
 * - A holder learns of a lost or interrupted lease by its signal, before the lease expires.
 * - A release hands the lease over in one script, so that no newcomer gets in before the next caller in the queue.
 * - A holder whose agent may have heard an uncommitted turn leaves a note, and the next holder starts a fresh agent
 *   conversation (I5).
 */
export class RedlockLeaseKeeper implements LeaseKeeper {
  readonly #options: RedlockLeaseOptions;
  /** What the leases that this server holds share. */
  readonly #holding: HeldLeaseOptions;
  /** The same for all requests, so that a request makes none. */
  readonly #giveBack: WantedLock['giveBack'];
  #probing: Promise<boolean> | null = null;

  constructor(options: RedlockLeaseOptions) {
    this.#options = options;
    const held = new Map<string, HeldLease>();
    this.#holding = { ...options, isFreedByCommit: options.locks.areFreedByCommit, held };
    this.#giveBack = (key, token) => releaseAndHandOver(options, key, { token, agentMayHaveHeard: false });
    // Every server gets the tokens of all interrupted leases; most are other servers'.
    options.subscriptions.subscribeGlobal(options.keys.interrupts, (token) => held.get(token)?.interrupt());
  }

  async acquire(key: ConversationKey, ticket: QueueTicket, request: LoadRequest): Promise<Acquisition> {
    const { clock, keys, locks } = this.#options;
    const takenAt = clock.now();
    const { lock } = keys.conversation(key);
    const acquiring = locks.acquire({
      key,
      lock,
      ticket: keys.ticket(key, ticket),
      request,
      giveBack: this.#giveBack,
    });
    // A failed request may have been granted all the same. The lock is given back then but nobody is notified, so a
    // lease that is free by now is handed to a caller that has enqueued meanwhile.
    acquiring.catch(() => releaseAndHandOver(this.#options, key, { token: '', agentMayHaveHeard: true }));
    const { held, loaded } = await acquiring;
    if (held === null) return { kind: 'held', loaded };
    const { state, unreadable } = loaded;
    const isNotThere = request.opens && state === null && unreadable === undefined;
    // Its load has listed it.
    const onAbandoned = isNotThere ? () => this.#options.list.abandoned(key) : null;
    const lease = new HeldLease(this.#holding, key, { lock: held, takenAt, onAbandoned });
    return { kind: 'granted', lease, loaded };
  }

  enqueue(key: ConversationKey, ticket: QueueTicket, options: WaitOptions): Wait {
    const { keys } = this.#options;
    const names = { ...keys.conversation(key), ticket: keys.ticket(key, ticket) };
    return new LeaseQueue(this.#options, names, options);
  }

  async interrupt(key: ConversationKey, ticket: QueueTicket, owner: string): Promise<boolean> {
    const { redis, keys } = this.#options;
    const { lock, waiting, events } = keys.conversation(key);
    try {
      const reply = await redis.interruptHolder(
        lock,
        keys.interrupted(key, owner),
        waiting,
        events,
        keys.ticket(key, ticket),
        ...this.#interruption(owner),
      );
      return reply === 1;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async stop(key: ConversationKey, turnId: string | null): Promise<boolean> {
    const { redis, keys } = this.#options;
    const { lock, holder } = keys.conversation(key);
    try {
      const [owner, [token, ticket]] = await Promise.all([
        redis.get(lock),
        redis.hmget(holder, 'token', 'place'),
      ]);
      // Another call holds the lease than the one that the note is about, or one for whom it is only kept.
      if (owner === null || owner !== token || typeof ticket !== 'string') return false;
      const running = turnIdOfTicket(ticket);
      if (running === null || (turnId !== null && turnId !== running)) return false;
      return await this.#stopHolder(key, owner);
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async #stopHolder(key: ConversationKey, owner: string): Promise<boolean> {
    const { redis, keys } = this.#options;
    const { lock, waiting, events, state } = keys.conversation(key);
    const reply = await redis.stopHolder(
      lock,
      keys.interrupted(key, owner),
      waiting,
      events,
      state,
      ...this.#interruption(owner),
    );
    return reply === 1;
  }

  /** The arguments of the scripts that take the right to commit from an owner. */
  #interruption(owner: string): string[] {
    const { keys, locks, queue, ttlMs } = this.#options;
    return [
      owner,
      String(interruptedLives * ttlMs),
      locks.areFreedByCommit ? String(queue.keptMs) : '',
      keys.interrupts,
      String(queue.longestWaitMs),
    ];
  }

  async isReachable(): Promise<boolean> {
    const { locks, keys } = this.#options;
    this.#probing ??= locks.canGrant(keys.probe).finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }
}
