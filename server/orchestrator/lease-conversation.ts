/**
 * Leases a conversation to one call, and loads it: at most one turn, or end, of a conversation runs at a time (I1).
 *
 * The job: ask for the lease, and load with it; where another call holds the lease, refuse, wait or interrupt, as the
 * caller's `whenBusy` says. The boundary: the lease keeper grants, loads, queues and interrupts; this module only
 * decides what to ask of it. It keeps that
 * - a turn id that was used before is answered from the record, lease or no lease (I4);
 * - a call for the very turn that is running waits for its result and never interrupts it (I4);
 * - a turn goes on only with what was loaded under its own lease, so that no agent is sent a turn that can't commit
 *   (I3);
 * - a limit refuses neither a turn that was committed before nor one that waits for its own result (I4).
 */
import type { WhenBusy } from '../../contract/inputs.ts';
import type { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from './dependencies.ts';
import { queueIsFull, turnInProgress } from './failures.ts';
import { LeasedConversation } from './leased-conversation.ts';
import type { QueueTicket, Wait, WaitEnd } from './ports/lease.ts';
import type { Place } from './ports/usage-limits.ts';
import type { CommittedTurn, Holder, LoadRequest } from './ports/workflow-state-store.ts';
import { refusedBy } from './turn-admission.ts';
import type { TurnAdmission } from './turn-admission.ts';
import type { TurnSlot } from './turn-gate.ts';

/** The part of a turn, or an end, that leasing goes by. */
export interface LeaseRequest {
  readonly key: ConversationKey;
  /** Null for an end. */
  readonly turnId: string | null;
  /**
   * False for a turn id that can't have been used before, so that it need not be looked up.
   * @default true
   */
  readonly mayBeReplayed?: boolean;
  readonly whenBusy: WhenBusy;
  /** The longest wait for others, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
  /** The number of the turn whose card the caller acts on, if it acts on one. */
  readonly cardTurn?: number | null;
  /**
   * True if the call purges the conversation. If so, the lease is granted even where the store is full, and what can't
   * be read is no obstacle (I12).
   * @default false
   */
  readonly purge?: boolean;
}

/** The turn id was used before: the turn that it named stands, and no lease is held. */
export interface Replay extends AsyncDisposable {
  readonly kind: 'replay';
  readonly committedTurn: CommittedTurn;
  readonly waitMs: number;
  readonly loadMs: number;
}

/** The room that a call has on this server, and by the limits of its user and its tenant. */
interface Room {
  readonly slot: TurnSlot;
  /**
   * The admission of a turn by the limits.
   * @default null: none is needed
   */
  readonly admission?: TurnAdmission | null;
}

/** Another call holds the lease, or it is kept for one. */
interface Busy {
  readonly kind: 'busy';
  readonly holder: Holder | null;
  /** The value of the lock: a lease token, or the ticket that the lease is kept for. */
  readonly owner: string | null;
}

/**
 * Leases and loads the conversation, as soon as `whenBusy` allows.
 * @throws TurnkeeperError TURN_IN_PROGRESS, RATE_LIMITED, OVERLOADED, STATE_STORE_UNAVAILABLE, SHUTTING_DOWN,
 * LEASE_LOST, TURN_INTERRUPTED, CONVERSATION_UNREADABLE
 */
export async function leaseConversation(
  dependencies: Dependencies,
  request: LeaseRequest,
  { slot, admission = null }: Room,
): Promise<LeasedConversation | Replay> {
  const { clock, ids } = dependencies;
  const began = clock.now();
  const ticket: QueueTicket = { turnId: request.turnId, id: ids.ticket() };
  using contention = new Contention(dependencies, request, { ticket, slot, began });
  // The first try is at the very beginning: a call that met no other has waited for exactly 0 ms.
  for (let triedAt = began; ; triedAt = clock.now()) {
    const waitMs = triedAt - began;
    const tried = await tryForLease(dependencies, request, { ticket, admission, triedAt, waitMs });
    if (tried.kind === 'busy') {
      await contention.waitOrThrow(tried);
      continue;
    }
    contention.overcome(tried);
    return tried;
  }
}

interface Try {
  readonly ticket: QueueTicket;
  readonly admission: TurnAdmission | null;
  readonly triedAt: number;
  readonly waitMs: number;
}

/** Asks for the lease once, loads the conversation with it, and asks the limits beside it: one round trip. */
async function tryForLease(
  dependencies: Dependencies,
  request: LeaseRequest,
  { ticket, admission, triedAt, waitMs }: Try,
): Promise<LeasedConversation | Replay | Busy> {
  const { leases, faultPoints, clock } = dependencies;
  const { key, turnId, purge = false } = request;
  const acquiring = leases.acquire(key, ticket, loadRequestOf(dependencies, request));
  admission?.request();
  const acquired = await acquiring;
  const { committedTurn, holder, leaseToken: owner, unreadable } = acquired.loaded;
  const lease = acquired.kind === 'granted' ? acquired.lease : null;
  let isKept = false;
  try {
    if (lease !== null) await faultPoints.reach('lease-taken', { key, turnId });
    if (unreadable !== undefined && !purge) throw unreadable;
    const loadMs = clock.now() - triedAt;
    if (committedTurn !== null) {
      return {
        kind: 'replay',
        committedTurn,
        waitMs,
        loadMs,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    }
    const limit =
      admission === null ? null : await admission.refusal({ opens: acquired.loaded.state === null });
    const waitsForItself = lease === null && turnId !== null && holder?.turnId === turnId;
    if (limit !== null && !waitsForItself) throw refusedBy(dependencies, key, limit);
    if (lease === null) return { kind: 'busy', holder, owner };
    await faultPoints.reach('loaded', { key, turnId });
    isKept = true;
    return new LeasedConversation(dependencies, {
      key,
      turnId,
      lease,
      loaded: acquired.loaded,
      waitMs,
      loadMs,
    });
  } finally {
    if (!isKept) await lease?.release({ agentMayHaveHeard: false });
  }
}

function loadRequestOf(
  { agent }: Dependencies,
  { turnId, mayBeReplayed = true, cardTurn = null, purge = false }: LeaseRequest,
): LoadRequest {
  const isTurn = turnId !== null;
  const request = {
    turnId: mayBeReplayed ? turnId : null,
    opens: isTurn,
    purges: purge,
    historyTurns: isTurn ? (agent.historyTurns ?? 0) : 0,
  };
  return cardTurn === null ? request : { ...request, cardTurn };
}

/** The owner of a lease may change before it is interrupted; a call that misses it this often waits, at the front. */
const mostInterruptions = 3;

/**
 * Room in the queue for calls that interrupt, beyond that for calls that wait: the latter must not lock the former out.
 */
const queueRoomForInterrupters = 8;

/** Time that a call which has waited takes to give its place back, in milliseconds. */
const afterWaitMs = 1_000;

/** One call's way through a contention: it waits in the queue, or interrupts, between its tries for the lease. */
class Contention implements Disposable {
  readonly #dependencies: Dependencies;
  readonly #request: LeaseRequest;
  readonly #caller: { readonly ticket: QueueTicket; readonly slot: TurnSlot; readonly began: number };
  #wait: Wait | null = null;
  #place: Place | null = null;
  /**
   * Tries left to interrupt. None is left after one that succeeded: should another call interrupt this one's claim, the
   * last to come goes first, and the two do not interrupt each other by turns.
   */
  #interruptionsLeft = mostInterruptions;
  #isTimeUp = false;
  #wasMet = false;

  constructor(
    dependencies: Dependencies,
    request: LeaseRequest,
    caller: { readonly ticket: QueueTicket; readonly slot: TurnSlot; readonly began: number },
  ) {
    this.#dependencies = dependencies;
    this.#request = request;
    this.#caller = caller;
  }

  /**
   * Resolves when it is time to try again.
   * @throws TurnkeeperError TURN_IN_PROGRESS where the call does not wait, or has waited for long enough
   */
  async waitOrThrow(busy: Busy): Promise<void> {
    const refusal = await this.#refusalOf(busy);
    if (refusal === null) return;
    this.#tell('refused', this.#dependencies.clock.now() - this.#caller.began);
    throw refusal;
  }

  /** Reports that the call has its lease, or its replay. A call that met no other is not reported. */
  overcome({ kind, waitMs }: LeasedConversation | Replay): void {
    if (this.#wasMet) this.#tell(kind === 'replay' ? 'replayed' : 'granted', waitMs);
  }

  [Symbol.dispose](): void {
    // Not awaited: the call need not wait until its ticket is given up.
    void this.#wait?.leave();
    if (this.#place !== null) this.#dependencies.usageLimits?.leavePlace(this.#place);
  }

  /**
   * A wait has a place of its own by the limits, and ends with it at the latest.
   * @throws TurnkeeperError RATE_LIMITED, STATE_STORE_UNAVAILABLE
   */
  async #takePlace(maxMs: number): Promise<void> {
    const { usageLimits } = this.#dependencies;
    if (usageLimits === null) return;
    const { key } = this.#request;
    const place: Place = {
      resource: 'waitingCalls',
      key,
      id: this.#caller.ticket.id,
      lifeMs: maxMs + afterWaitMs,
    };
    this.#place = place;
    const limit = await usageLimits.takePlace(place);
    if (limit !== null) throw refusedBy(this.#dependencies, key, limit);
  }

  /** Resolves with null when it is time to try again. */
  async #refusalOf({ holder, owner }: Busy): Promise<TurnkeeperError | null> {
    const { leases, gate, settings } = this.#dependencies;
    const { key, turnId, whenBusy, waitMs = settings.turnWaitMaxMs } = this.#request;
    const { ticket, slot } = this.#caller;
    const isDuplicate = turnId !== null && holder?.turnId === turnId;
    if (whenBusy === 'reject' && !isDuplicate && this.#wait === null) return turnInProgress(holder);
    if (this.#isTimeUp) return turnInProgress(holder);
    const interrupts =
      whenBusy === 'interrupt' && !isDuplicate && owner !== null && this.#interruptionsLeft > 0;
    const maxMs = Math.min(waitMs, settings.turnWaitMaxMs);
    if (maxMs === 0 && !interrupts) return turnInProgress(holder);
    this.#wasMet = true;
    if (this.#wait === null && whenBusy !== 'interrupt') await this.#takePlace(maxMs);
    const extraRoom = whenBusy === 'interrupt' ? queueRoomForInterrupters : 0;
    this.#wait ??= leases.enqueue(key, ticket, {
      at: isDuplicate || whenBusy === 'interrupt' ? 'front' : 'back',
      maxMs,
      mostWaiting: settings.maxTurnsWaitingPerConversation + extraRoom,
      signal: gate.closing,
    });
    if (interrupts) {
      const isDone = await leases.interrupt(key, ticket, owner);
      this.#interruptionsLeft = isDone ? 0 : this.#interruptionsLeft - 1;
      return null;
    }
    const wait = this.#wait;
    const untilCalled = (): Promise<WaitEnd> => wait.untilCalled();
    // A call that interrupts keeps its slot: waiting calls, however many, must not keep it from the lease that it has
    // freed.
    const end = await (whenBusy === 'interrupt' ? untilCalled() : slot.whileWaiting(untilCalled));
    if (end === 'full') return queueIsFull();
    // When its time is up, the call tries once more: that try finds out who holds the lease by then.
    this.#isTimeUp = end === 'timed-out';
    return null;
  }

  #tell(outcome: 'granted' | 'replayed' | 'refused', waitedMs: number): void {
    const { key, turnId } = this.#request;
    const call = turnId === null ? 'end' : 'turn';
    this.#dependencies.observer.tell({ type: 'lease.contended', key, call, outcome, waitedMs });
  }
}
