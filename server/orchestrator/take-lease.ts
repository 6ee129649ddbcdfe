import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from './dependencies.ts';
import type { Lease, Place, Wait } from './ports/lease.ts';
import type { Holder, LoadRequest, LoadedConversation, UsedTurnId } from './ports/workflow-state-store.ts';
import { leaseLost } from './lease-lost.ts';
import { turnInProgress } from './turn-in-progress.ts';

/** What a call does that finds another in its way. */
export type WhenBusy = 'reject' | 'wait' | 'interrupt';

export interface LeaseRequest {
  readonly call: 'turn' | 'end';
  /** Null for an end. */
  readonly turnId: string | null;
  readonly whenBusy: WhenBusy;
  /** How long the caller would wait, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
  /** What to load besides the state. */
  readonly reads?: Pick<LoadRequest, 'historyTurns' | 'cardTurn'>;
  /**
   * Whether the call purges the conversation. Then it is granted where the store is full, and handed over what can't be read.
   * @default false
   */
  readonly purges?: boolean;
}

interface Granted {
  readonly kind: 'granted';
  readonly lease: Lease;
  /** Read under the lease. */
  readonly loaded: LoadedConversation;
}

/** The turn id was used before: what it did stands, no lease is needed to say so. */
interface Used {
  readonly kind: 'used';
  readonly used: UsedTurnId;
}

interface Busy {
  readonly kind: 'busy';
  readonly holder: Holder | null;
  /** What is in the lock: a lease token, or who the lease is kept for. */
  readonly owner: string | null;
}

/** How long it took, in milliseconds. */
interface Took {
  /** Until the try that succeeded. */
  readonly waitMs: number;
  /** That try. */
  readonly loadMs: number;
}

export type Taken = (Granted | Used) & Took;

/**
 * Takes the conversation's lease and loads it, as soon as `whenBusy` allows. A call for the very turn that is running
 * never fails because of that: it waits for the turn's result (I4), and does not interrupt it.
 * @throws TurnkeeperError TURN_IN_PROGRESS, STATE_STORE_UNAVAILABLE, SHUTTING_DOWN, CONVERSATION_UNREADABLE
 */
export async function takeLease(
  dependencies: Dependencies,
  key: ConversationKey,
  request: LeaseRequest,
): Promise<Taken> {
  const { clock, ids, observer } = dependencies;
  const place: Place = { turnId: request.turnId, id: ids.place() };
  const began = clock.now();
  const contention = new Contention(dependencies, key, { ...request, place });
  try {
    for (;;) {
      const triedAt = clock.now();
      const tried = await tryForLease(dependencies, key, { ...request, place });
      const waitMs = triedAt - began;
      const tell = (outcome: 'granted' | 'replayed' | 'refused', waitedMs: number): void => {
        observer.tell({ type: 'lease.contended', key, call: request.call, outcome, waitedMs });
      };
      if (tried.kind === 'busy') {
        if (await contention.mayTryAgain(tried)) continue;
        tell('refused', clock.now() - began);
        throw turnInProgress(tried.holder);
      }
      if (contention.wasMet) tell(tried.kind === 'used' ? 'replayed' : 'granted', waitMs);
      return { ...tried, waitMs, loadMs: clock.now() - triedAt };
    }
  } finally {
    contention.over();
  }
}

interface Contender extends LeaseRequest {
  readonly place: Place;
}

/** An owner may have changed before it could be interrupted; who finds that again and again waits, at the front. */
const mostInterruptions = 3;

/** One call's way through a contention. */
class Contention {
  readonly #dependencies: Dependencies;
  readonly #key: ConversationKey;
  readonly #contender: Contender;
  #wait: Wait | null = null;
  /**
   * How often it may still try to interrupt. Done once it is done: should another interruption follow, the last to come goes
   * first, and nobody takes turns at it.
   */
  #interruptions = mostInterruptions;
  #isOver = false;
  wasMet = false;

  constructor(dependencies: Dependencies, key: ConversationKey, contender: Contender) {
    this.#dependencies = dependencies;
    this.#key = key;
    this.#contender = contender;
  }

  /** Resolves when it is time to try again, or with false when the call is to be refused. */
  async mayTryAgain({ holder, owner }: Busy): Promise<boolean> {
    const { leases, gate, settings } = this.#dependencies;
    const { turnId, whenBusy, waitMs = settings.turnWaitMaxMs, place } = this.#contender;
    const isDuplicate = turnId !== null && holder?.turnId === turnId;
    if (whenBusy === 'reject' && !isDuplicate && this.#wait === null) return false;
    if (this.#isOver) return false;
    const interrupts = whenBusy === 'interrupt' && !isDuplicate && owner !== null && this.#interruptions > 0;
    const maxMs = Math.min(waitMs, settings.turnWaitMaxMs);
    if (maxMs === 0 && !interrupts) return false;
    this.wasMet = true;
    this.#wait ??= leases.standInLine(this.#key, place, {
      at: isDuplicate || whenBusy === 'interrupt' ? 'front' : 'back',
      maxMs,
      signal: gate.closing,
    });
    if (interrupts) {
      const isDone = await leases.interrupt(this.#key, place, owner);
      this.#interruptions = isDone ? 0 : this.#interruptions - 1;
      return true;
    }
    // One last try when its time is up: it tells who is in the way by then.
    this.#isOver = (await this.#wait.untilCalled()) === 'timed-out';
    return true;
  }

  over(): void {
    // Nobody has to wait until the place is given up.
    void this.#wait?.leave();
  }
}

/** Asks for the lease once, and loads the conversation behind that, in one round trip. */
async function tryForLease(
  { leases, store, faultPoints }: Dependencies,
  key: ConversationKey,
  { call, turnId, place, reads, purges = false }: Contender,
): Promise<Granted | Used | Busy> {
  const request: LoadRequest = { turnId, opens: call === 'turn', purges, ...reads };
  const [acquired, speculative] = await Promise.allSettled([
    leases.acquire(key, place, { evenIfFull: purges }),
    store.load(key, request),
  ]);
  if (acquired.status === 'rejected') throw acquired.reason;
  if (acquired.value.kind === 'held') {
    if (speculative.status === 'rejected') throw speculative.reason;
    const { usedTurnId: used, holder, leaseToken: owner, unreadable } = speculative.value;
    if (unreadable !== undefined && !purges) throw unreadable;
    return used === null ? { kind: 'busy', holder, owner } : { kind: 'used', used };
  }
  const { lease } = acquired.value;
  let isKept = false;
  try {
    await faultPoints.reach('lease-taken', { key, turnId });
    if (speculative.status === 'rejected') throw speculative.reason;
    // Read before the lease was won (its script had to be loaded first, say), it may be outdated: read again.
    const loaded =
      speculative.value.leaseToken === lease.token ? speculative.value : await store.load(key, request);
    // Read under another's lease even so: this one is gone. No agent must hear of the turn for nothing.
    if (loaded.leaseToken !== lease.token) {
      lease.signal.throwIfAborted();
      throw leaseLost();
    }
    if (loaded.unreadable !== undefined && !purges) throw loaded.unreadable;
    if (loaded.usedTurnId !== null) return { kind: 'used', used: loaded.usedTurnId };
    isKept = true;
    return { kind: 'granted', lease, loaded };
  } finally {
    if (!isKept) await lease.release({ agentMayHaveHeard: false });
  }
}
