import { randomBytes } from 'node:crypto';
import { ExecutionError, Redlock, ResourceLockedError } from 'redlock';
import type { Lock } from 'redlock';
import type { RedisConnection } from '../connection/open-redis.ts';
import { storeUnavailable } from '../connection/redis-errors.ts';
import { takesWrites } from '../connection/redis-health.ts';
import type { ConversationKeys } from '../conversation-keys.ts';
import type { Extension } from './extend-in-time.ts';

/** The locks behind the leases: on the Redis that holds the state, or on a quorum of others. */
export interface Locks {
  /** True where the commit, on the Redis that holds the state, frees all there is to free. */
  readonly areFreedByCommit: boolean;
  /**
   * Asks once; the request is on its way when the call returns. Returns null when another holds the lock. With `evenIfFull`
   * a Redis whose memory is full grants it too.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  acquire(keys: ConversationKeys, ticket: string, evenIfFull: boolean): Promise<HeldLock | null>;
  /** Returns whether the Redis that grant locks, besides the one that holds the state, can grant one now. Never throws. */
  canGrant(probeKey: string): Promise<boolean>;
}

export interface HeldLock {
  readonly token: string;
  extend(): Promise<Extension>;
  /** Gives back what redlock was granted. Never throws. */
  release(): Promise<void>;
}

// redlock's scripts select this database; ours ignore the argument.
const database = '0';

// redlock asks ten times by default, 200 ms apart. Whether to wait, and how long, is the orchestrator's decision.
const askOnce = { retryCount: 0 };

/** Locks through redlock, on the Redis that holds the state. */
export class LocksOnTheState implements Locks {
  readonly areFreedByCommit = true;
  readonly #redis: RedisConnection;
  readonly #redlock: Redlock;
  readonly #ttlMs: number;

  constructor(redis: RedisConnection, ttlMs: number) {
    this.#redlock = new Redlock([redis], askOnce);
    this.#redis = redis;
    this.#ttlMs = ttlMs;
  }

  // Runs synchronously until the command is sent, so that Redis gets it before anything that the caller sends next.
  async acquire(keys: ConversationKeys, ticket: string, evenIfFull: boolean): Promise<HeldLock | null> {
    const { lock, holder } = keys;
    if (evenIfFull) return this.#acquireEvenIfFull(keys, ticket);
    const granted = await unlessContended(this.#redlock.acquire([lock, holder, ticket], this.#ttlMs));
    return granted === null ? null : heldThroughRedlock(granted, this.#ttlMs);
  }

  canGrant(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** redlock has one script to acquire; this runs the same one, allowed to write where the memory is full. */
  async #acquireEvenIfFull({ lock, holder }: ConversationKeys, ticket: string): Promise<HeldLock | null> {
    const redis = this.#redis;
    const token = randomBytes(16).toString('hex');
    const release = async (): Promise<void> => {
      await redis.releaseLock(1, lock, database, token).catch(() => undefined);
    };
    try {
      const taken = await redis.acquireLockEvenIfFull(3, lock, holder, ticket, database, token, this.#ttlMs);
      if (Number(taken) === 0) return null;
    } catch (error) {
      // The lock may have been taken, and only the reply been lost.
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

interface QuorumOptions {
  /** The Redis that holds the state. The lock that a quorum granted is set there too, because the commit checks it there (I3). */
  readonly state: RedisConnection;
  /** Independent masters, an odd number. */
  readonly masters: readonly RedisConnection[];
  readonly ttlMs: number;
}

interface Claim {
  readonly ticket: string;
  readonly token: string;
  readonly evenIfFull: boolean;
}

/** Locks through redlock, granted by a majority of independent Redis masters. */
export class LocksOnAQuorum implements Locks {
  readonly areFreedByCommit = false;
  readonly #options: QuorumOptions;
  readonly #redlock: Redlock;

  constructor(options: QuorumOptions) {
    this.#redlock = new Redlock(options.masters, askOnce);
    this.#options = options;
  }

  async acquire(keys: ConversationKeys, ticket: string, evenIfFull: boolean): Promise<HeldLock | null> {
    const granted = await unlessContended(this.#redlock.acquire([keys.lock], this.#options.ttlMs));
    if (granted === null) return null;
    let isClaimed = false;
    try {
      isClaimed = await this.#claim(keys, { ticket, token: granted.value, evenIfFull });
    } finally {
      // The claim may have been set all the same, and only its reply been lost.
      const { state } = this.#options;
      const unclaim = () => state.releaseLock(1, keys.lock, database, granted.value);
      if (!isClaimed) await Promise.allSettled([granted.release(), unclaim()]);
    }
    return isClaimed ? this.#hold(keys, granted) : null;
  }

  async canGrant(probeKey: string): Promise<boolean> {
    const { masters } = this.#options;
    const votes = await Promise.all(masters.map((master) => takesWrites(master, probeKey)));
    return votes.filter(Boolean).length > masters.length / 2;
  }

  #hold({ lock }: ConversationKeys, granted: Lock): HeldLock {
    const { state, ttlMs } = this.#options;
    const onMasters = heldThroughRedlock(granted, ttlMs);
    const { token } = onMasters;
    return {
      token,
      extend: async () => {
        const onState = extensionOf(state.extendLock(1, lock, database, token, ttlMs));
        return worse(await onMasters.extend(), await onState);
      },
      release: () => onMasters.release(),
    };
  }

  async #claim({ lock, holder }: ConversationKeys, { ticket, token, evenIfFull }: Claim): Promise<boolean> {
    const { state, ttlMs } = this.#options;
    const command = evenIfFull ? 'acquireLockEvenIfFull' : 'acquireLock';
    try {
      return Number(await state[command](3, lock, holder, ticket, database, token, ttlMs)) !== 0;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

function heldThroughRedlock(granted: Lock, ttlMs: number): HeldLock {
  let current = granted;
  return {
    token: granted.value,
    extend: async () => {
      try {
        current = await current.extend(ttlMs);
        return 'extended';
      } catch (error) {
        return hasRunOut(error) || (await isContention(error)) ? 'lost' : 'unreachable';
      }
    },
    release: async () => {
      await current.release().catch(() => undefined);
    },
  };
}

/** The outcome of our own script that extends a lock. */
async function extensionOf(reply: Promise<unknown>): Promise<Extension> {
  try {
    return Number(await reply) === 0 ? 'lost' : 'extended';
  } catch {
    return 'unreachable';
  }
}

function worse(one: Extension, other: Extension): Extension {
  if (one === 'lost' || other === 'lost') return 'lost';
  return one === 'unreachable' ? one : other;
}

/**
 * The lock that redlock acquired, or null when another holds it.
 * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
 */
async function unlessContended(acquiring: Promise<Lock>): Promise<Lock | null> {
  try {
    return await acquiring;
  } catch (error) {
    if (await isContention(error)) return null;
    throw storeUnavailable(await firstFault(error));
  }
}

/**
 * True if redlock failed because another holds the lock, or is just taking it. redlock throws the same error for that and for a
 * Redis that is gone; only the votes differ. In every attempt at least one vote must say "locked", and the votes that could be
 * cast at all must be a majority. On one Redis that is: its one vote says "locked".
 */
export async function isContention(error: unknown): Promise<boolean> {
  if (!(error instanceof ExecutionError) || error.attempts.length === 0) return false;
  const attempts = await Promise.all(error.attempts);
  return attempts.every(({ votesFor, votesAgainst, quorumSize }) => {
    const locked = [...votesAgainst.values()].filter((vote) => vote instanceof ResourceLockedError).length;
    return locked > 0 && votesFor.size + locked >= quorumSize;
  });
}

/** True if redlock did not even ask for an extension, because the lock has run out by its own clock. */
function hasRunOut(error: unknown): boolean {
  return error instanceof ExecutionError && error.attempts.length === 0;
}

/** The first vote that was not just "locked": redlock's own error says the same of every fault. */
async function firstFault(error: unknown): Promise<unknown> {
  if (!(error instanceof ExecutionError)) return error;
  const attempts = await Promise.all(error.attempts);
  const votes = attempts.flatMap(({ votesAgainst }) => [...votesAgainst.values()]);
  return votes.find((vote) => !(vote instanceof ResourceLockedError)) ?? error;
}
