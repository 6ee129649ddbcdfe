import { Redlock } from 'redlock';
import type { Lock } from 'redlock';
import type { ConversationKeys } from '../conversation-keys.ts';
import { defineProbe, takesWrites } from '../connection/probe-writes.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { storeUnavailable } from '../connection/unavailable.ts';
import { defineLockScripts } from './define-lease-scripts.ts';
import type { Extension } from './extend-in-time.ts';
import type { HeldLock, Locks } from './locks.ts';
import { extensionBy, extensionOf, unlessContended } from './redlock-outcomes.ts';

interface QuorumOptions {
  /** Where the state is: what the quorum grants is claimed there too, because the commit checks it there (I3). */
  readonly state: RedisConnection;
  /** Independent masters, an odd number. */
  readonly masters: readonly RedisConnection[];
  readonly ttlMs: number;
}

interface Claim {
  readonly place: string;
  readonly token: string;
  readonly evenIfFull: boolean;
}

const database = '0';

/** Leases through redlock, granted by a majority of independent Redis masters. */
export class LocksOnAQuorum implements Locks {
  readonly areFreedByCommit = false;
  readonly #options: QuorumOptions;
  readonly #redlock: Redlock;

  constructor(options: QuorumOptions) {
    for (const redis of [options.state, ...options.masters]) defineLockScripts(redis);
    for (const master of options.masters) defineProbe(master);
    this.#redlock = new Redlock(options.masters, { retryCount: 0 });
    this.#options = options;
  }

  async acquire(keys: ConversationKeys, place: string, evenIfFull: boolean): Promise<HeldLock | null> {
    const granted = await unlessContended(this.#redlock.acquire([keys.lock], this.#options.ttlMs));
    if (granted === null) return null;
    let isClaimed = false;
    try {
      isClaimed = await this.#claim(keys, { place, token: granted.value, evenIfFull });
    } finally {
      // A claim whose answer was lost may stand there all the same.
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
    const { value: token } = granted;
    let current = granted;
    return {
      token,
      extend: async () => {
        const [onMasters, onState] = await Promise.all([
          extensionBy(async () => {
            current = await current.extend(ttlMs);
          }),
          extensionOf(state.extendLock(1, lock, database, token, ttlMs)),
        ]);
        return worse(onMasters, onState);
      },
      release: async () => {
        await current.release().catch(() => undefined);
      },
    };
  }

  async #claim({ lock, holder }: ConversationKeys, { place, token, evenIfFull }: Claim): Promise<boolean> {
    const { state, ttlMs } = this.#options;
    const command = evenIfFull ? 'acquireLockEvenIfFull' : 'acquireLock';
    try {
      return Number(await state[command](3, lock, holder, place, database, token, ttlMs)) !== 0;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

function worse(one: Extension, other: Extension): Extension {
  if (one === 'lost' || other === 'lost') return 'lost';
  return one === 'unreachable' ? one : other;
}
