import { randomUUID } from 'node:crypto';
import { ExecutionError, Lock, Redlock, ResourceLockedError } from 'redlock';
import type { ConversationKey } from '../../domain/identity.ts';
import type { LoadRequest, LoadedConversation } from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { storeUnavailable } from '../connection/redis-errors.ts';
import { takesWrites } from '../connection/redis-health.ts';
import type { ConversationLoads } from '../store/conversation-loads.ts';
import type { Extension } from './extend-in-time.ts';

/** The locks that the leases rest on: on the Redis that holds the state, or on a quorum of others. */
export interface Locks {
  /** True where the commit, on the Redis that holds the state, frees all there is to free. */
  readonly areFreedByCommit: boolean;
  /**
   * Asks once, and loads the conversation with the answer. The load's request may ask for a purge: then a Redis whose
   * memory is full grants the lock too.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE, OutcomeUnknown
   */
  acquire(wanted: WantedLock): Promise<LockAnswer>;
  /** Returns whether the Redis that grant locks, besides the one that holds the state, can grant one now. Never throws. */
  canGrant(probeKey: string): Promise<boolean>;
}

/** A lock that a call asks for, and what it wants to load with it. */
export interface WantedLock {
  readonly key: ConversationKey;
  /** The lock's key. */
  readonly lock: string;
  readonly ticket: string;
  readonly request: LoadRequest;
  /** Gives back a lease that may have been taken, by a call that goes no further: no agent has heard anything. Never throws. */
  readonly giveBack: (key: ConversationKey, token: string) => Promise<void>;
}

export interface LockAnswer {
  /** Null when another holds the lock. */
  readonly held: HeldLock | null;
  readonly loaded: LoadedConversation;
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

// Redis alone decides whether a lock has run out: redlock refuses to extend one that has by this process's clock.
const lastsAsRedisSays = Number.POSITIVE_INFINITY;

interface StateLocksOptions {
  readonly redis: RedisConnection;
  readonly loads: ConversationLoads;
  readonly ttlMs: number;
}

/**
 * Locks of redlock's kind on the Redis that holds the state. One script takes the lock and loads, because redlock's own
 * acquisition would be a script more for every turn; redlock extends and releases (docs/decisions/0065).
 */
export class LocksOnTheState implements Locks {
  readonly areFreedByCommit = true;
  readonly #options: StateLocksOptions;
  readonly #redlock: Redlock;

  constructor(options: StateLocksOptions) {
    this.#redlock = new Redlock([options.redis], askOnce);
    this.#options = options;
  }

  async acquire({ key, lock, ticket, request, giveBack }: WantedLock): Promise<LockAnswer> {
    const { loads, ttlMs } = this.#options;
    const token = randomUUID();
    try {
      const loaded = await loads.load(key, request, { token, ticket, ttlMs });
      if (loaded.leaseToken !== token) return { held: null, loaded };
      const granted = new Lock(this.#redlock, [lock], token, [], lastsAsRedisSays);
      return { held: new LockThroughRedlock(granted, ttlMs), loaded };
    } catch (error) {
      // The lock may have been taken, and only the reply been lost.
      await giveBack(key, token);
      throw error;
    }
  }

  canGrant(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

interface QuorumOptions {
  /** The Redis that holds the state. The lock that a quorum granted is set there too, because the commit checks it there (I3). */
  readonly state: RedisConnection;
  readonly loads: ConversationLoads;
  /** Independent masters, an odd number. */
  readonly masters: readonly RedisConnection[];
  readonly ttlMs: number;
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

  async acquire({ key, lock, ticket, request, giveBack }: WantedLock): Promise<LockAnswer> {
    const { loads, ttlMs } = this.#options;
    const granted = await unlessContended(this.#redlock.acquire([lock], ttlMs));
    if (granted === null) return { held: null, loaded: await loads.load(key, request, null) };
    const { value: token } = granted;
    let isClaimed = false;
    try {
      const loaded = await loads.load(key, request, { token, ticket, ttlMs });
      isClaimed = loaded.leaseToken === token;
      return { held: isClaimed ? this.#hold(lock, granted) : null, loaded };
    } finally {
      // The claim may have been set all the same, and only its reply been lost.
      if (!isClaimed) await Promise.allSettled([granted.release(), giveBack(key, token)]);
    }
  }

  async canGrant(probeKey: string): Promise<boolean> {
    const { masters } = this.#options;
    const votes = await Promise.all(masters.map((master) => takesWrites(master, probeKey)));
    return votes.filter(Boolean).length > masters.length / 2;
  }

  #hold(lock: string, granted: Lock): HeldLock {
    const { state, ttlMs } = this.#options;
    const onMasters = new LockThroughRedlock(granted, ttlMs);
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
}

/** A lock that redlock extends and releases. */
class LockThroughRedlock implements HeldLock {
  readonly token: string;
  readonly #ttlMs: number;
  #current: Lock;

  constructor(granted: Lock, ttlMs: number) {
    this.token = granted.value;
    this.#current = granted;
    this.#ttlMs = ttlMs;
  }

  async extend(): Promise<Extension> {
    try {
      this.#current = await this.#current.extend(this.#ttlMs);
      return 'extended';
    } catch (error) {
      return hasRunOut(error) || (await isContention(error)) ? 'lost' : 'unreachable';
    }
  }

  async release(): Promise<void> {
    await this.#current.release().catch(() => undefined);
  }
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
