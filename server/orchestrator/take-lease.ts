import type { WhenBusy } from '../../contract/inputs.ts';
import type { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from './dependencies.ts';
import type { Lease, QueueTicket, Wait, WaitEnd } from './ports/lease.ts';
import type { Holder, LoadRequest, LoadedConversation, CommittedTurn } from './ports/workflow-state-store.ts';
import { leaseLost } from './lease-lost.ts';
import { lineIsFull, turnInProgress } from './turn-in-progress.ts';
import type { TurnSlot } from './turn-gate.ts';

export interface LeaseRequest {
  readonly call: 'turn' | 'end';
  /** Null for an end. */
  readonly turnId: string | null;
  readonly whenBusy: WhenBusy;
  /** How long the caller would wait, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
  /** The call's room on this server, which it leaves while it waits. */
  readonly slot: TurnSlot;
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
  readonly used: CommittedTurn;
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
 * @throws TurnkeeperError TURN_IN_PROGRESS, OVERLOADED, STATE_STORE_UNAVAILABLE, SHUTTING_DOWN, CONVERSATION_UNREADABLE
 */
export async function takeLease(
  dependencies: Dependencies,
  key: ConversationKey,
  request: LeaseRequest,
): Promise<Taken> {
  const { clock, ids, observer } = dependencies;
  const place: QueueTicket = { turnId: request.turnId, id: ids.ticket() };
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
        const refusal = await contention.refusalOf(tried);
        if (refusal === null) continue;
        tell('refused', clock.now() - began);
        throw refusal;
      }
      if (contention.wasMet) tell(tried.kind === 'used' ? 'replayed' : 'granted', waitMs);
      return { ...tried, waitMs, loadMs: clock.now() - triedAt };
    }
  } finally {
    contention.over();
  }
}

interface Contender extends LeaseRequest {
  readonly place: QueueTicket;
}

/** An owner may have changed before it could be interrupted; who finds that again and again waits, at the front. */
const mostInterruptions = 3;

/** How many more may stand in line when they come to interrupt: those who wait must not lock them out. */
const placesForInterrupters = 8;

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

  /** Resolves with null when it is time to try again, or with what the call is refused with. */
  async refusalOf({ holder, owner }: Busy): Promise<TurnkeeperError | null> {
    const { leases, gate, settings } = this.#dependencies;
    const { turnId, whenBusy, waitMs = settings.turnWaitMaxMs, place, slot } = this.#contender;
    const { maxTurnsWaitingPerConversation: mostWaiting } = settings;
    const isDuplicate = turnId !== null && holder?.turnId === turnId;
    if (whenBusy === 'reject' && !isDuplicate && this.#wait === null) return turnInProgress(holder);
    if (this.#isOver) return turnInProgress(holder);
    const interrupts = whenBusy === 'interrupt' && !isDuplicate && owner !== null && this.#interruptions > 0;
    const maxMs = Math.min(waitMs, settings.turnWaitMaxMs);
    if (maxMs === 0 && !interrupts) return turnInProgress(holder);
    this.wasMet = true;
    this.#wait ??= leases.enqueue(this.#key, place, {
      at: isDuplicate || whenBusy === 'interrupt' ? 'front' : 'back',
      maxMs,
      mostWaiting: mostWaiting + (whenBusy === 'interrupt' ? placesForInterrupters : 0),
      signal: gate.closing,
    });
    if (interrupts) {
      const isDone = await leases.interrupt(this.#key, place, owner);
      this.#interruptions = isDone ? 0 : this.#interruptions - 1;
      return null;
    }
    const wait = this.#wait;
    const untilCalled = (): Promise<WaitEnd> => wait.untilCalled();
    // Who interrupts keeps its room: no number of calls that wait may keep it from taking the lease that it has freed.
    const end = await (whenBusy === 'interrupt' ? untilCalled() : slot.whileWaiting(untilCalled));
    if (end === 'full') return lineIsFull();
    // One last try when its time is up: it tells who is in the way by then.
    this.#isOver = end === 'timed-out';
    return null;
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
