import type { TurnkeeperError } from '../../domain/errors.ts';
import type { ConversationKey } from '../../domain/identity.ts';
import type { Cancellation } from '../../orchestrator/cancellation.ts';
import { turnInterrupted } from '../../orchestrator/failures.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { Lease } from '../../orchestrator/ports/lease.ts';
import type { Observer } from '../../orchestrator/ports/observer.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';
import { LeaseWatch } from './extend-in-time.ts';
import type { Extendable, Extension } from './extend-in-time.ts';
import type { QueueTimes } from '../scripts/define-scripts.ts';
import type { HeldLock } from './locks.ts';

export interface HeldLeaseOptions {
  /** The Redis that holds the state. */
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
  readonly observer: Observer;
  /** The lease's life, in milliseconds: a lease outlives a holder that dies by so long. */
  readonly ttlMs: number;
  readonly queue: QueueTimes;
  /** True if a commit frees the lease; false if a quorum keeps it too. */
  readonly isFreedByCommit: boolean;
  /** The leases that this server holds, by their tokens. */
  readonly held: Map<string, HeldLease>;
}

export interface TakenLock {
  readonly lock: HeldLock;
  /** The time at which the request that won it was sent, in milliseconds since the epoch. */
  readonly takenAt: number;
  /** Called after a release before which no commit was tried. */
  readonly onAbandoned: (() => void) | null;
}

/** A lease that this server holds: extended by a timer, until it is stopped, released, lost or interrupted. */
export class HeldLease implements Lease, Extendable {
  readonly token: string;
  readonly isFreedByCommit: boolean;
  readonly #options: HeldLeaseOptions;
  readonly #key: ConversationKey;
  readonly #lock: HeldLock;
  readonly #watch: LeaseWatch;
  readonly #onAbandoned: (() => void) | null;
  #isStopped = false;

  constructor(options: HeldLeaseOptions, key: ConversationKey, { lock, takenAt, onAbandoned }: TakenLock) {
    const { clock, ttlMs, isFreedByCommit, held } = options;
    this.token = lock.token;
    this.isFreedByCommit = isFreedByCommit;
    this.#options = options;
    this.#key = key;
    this.#lock = lock;
    this.#onAbandoned = onAbandoned;
    this.#watch = new LeaseWatch(this, { clock, ttlMs, takenAt });
    held.set(lock.token, this);
  }

  get loss(): Cancellation {
    return this.#watch.loss;
  }

  interrupt(): void {
    this.#watch.lose(turnInterrupted());
  }

  stop(): void {
    this.#isStopped = true;
    this.#watch.stop();
    this.#options.held.delete(this.token);
  }

  async release({ agentMayHaveHeard }: { readonly agentMayHaveHeard: boolean }): Promise<void> {
    // One that was stopped before has committed, or has tried to.
    const isAbandoned = !this.#isStopped;
    this.stop();
    const release = { token: this.token, agentMayHaveHeard };
    if (this.isFreedByCommit) {
      // The script frees the lease; redlock's release is for a script that failed.
      await Promise.all([releaseAndHandOver(this.#options, this.#key, release), this.#lock.release()]);
    } else {
      // Release the quorum first: the next caller will ask those masters.
      await this.#lock.release();
      await releaseAndHandOver(this.#options, this.#key, release);
    }
    if (isAbandoned) this.#onAbandoned?.();
  }

  async extend(): Promise<Extension> {
    const extension = await this.#lock.extend();
    // If the message was missed, the mark in Redis still says that the lease was interrupted.
    if (extension === 'lost' && (await this.#isInterrupted())) this.interrupt();
    return extension;
  }

  extended(): void {
    const { observer, ttlMs } = this.#options;
    observer.tell({ type: 'lease.extended', key: this.#key, extendedForMs: ttlMs });
  }

  lost({ reason }: TurnkeeperError): void {
    this.#options.held.delete(this.token);
    this.#options.observer.tell({ type: 'lease.lost', key: this.#key, reason });
  }

  async #isInterrupted(): Promise<boolean> {
    const { redis, keys } = this.#options;
    return (await redis.exists(keys.interrupted(this.#key, this.token)).catch(() => 0)) === 1;
  }
}

interface Release {
  /** '' when it is not known: then only a lease that is free goes to the next caller. */
  readonly token: string;
  readonly agentMayHaveHeard: boolean;
}

/** Never throws: a lease that can't be handed over expires. */
export async function releaseAndHandOver(
  { redis, keys, queue }: Pick<HeldLeaseOptions, 'redis' | 'keys' | 'queue'>,
  key: ConversationKey,
  { token, agentMayHaveHeard }: Release,
): Promise<void> {
  const { lock, holder, waiting, events } = keys.conversation(key);
  const times = [String(queue.keptMs), String(queue.longestWaitMs)];
  await redis
    .releaseAndHandOver(lock, holder, waiting, events, token, agentMayHaveHeard ? '1' : '0', ...times)
    .catch(() => undefined);
}
