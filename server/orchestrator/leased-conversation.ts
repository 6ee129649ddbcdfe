import { isTurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Cancellation } from './cancellation.ts';
import type { Dependencies } from './dependencies.ts';
import { OutcomeUnknown, leaseLost, stateChanged, turnInterrupted } from './failures.ts';
import type { FaultPoint } from './ports/fault-points.ts';
import type { Lease } from './ports/lease.ts';
import type {
  Commit,
  CommitGuard,
  CommitResult,
  LoadedConversation,
  UnreadableGuard,
} from './ports/workflow-state-store.ts';

interface LeaseDetails {
  readonly key: ConversationKey;
  /** Null for an end. */
  readonly turnId: string | null;
  readonly lease: Lease;
  readonly loaded: LoadedConversation;
  readonly waitMs: number;
  readonly loadMs: number;
}

/**
 * A conversation as it was loaded under a lease that this call holds. Hold it by `await using`.
 *
 * It commits, or purges, at most once, and gives the lease back when it is disposed of, whatever happened (I1). Every
 * commit carries the lease's token and the loaded state, so that the store refuses one from a call that lost its lease
 * (I3). If the agent may have received a turn that was not committed, the release leaves a note for the next holder
 * (I5).
 *
 * The disposal never throws: the result, or the error, of the call itself stands.
 */
export class LeasedConversation implements AsyncDisposable {
  readonly kind = 'leased';
  readonly loaded: LoadedConversation;
  /** Cancelled when the lease is lost or interrupted; its reason is the error to fail with. */
  readonly loss: Cancellation;
  /** The time that the call waited for others, in milliseconds. */
  readonly waitMs: number;
  /** The time that it took to acquire the lease and load, in milliseconds. */
  readonly loadMs: number;
  readonly #dependencies: Dependencies;
  readonly #details: LeaseDetails;
  #agentMayHaveHeard = false;
  #isFreed = false;

  constructor(dependencies: Dependencies, details: LeaseDetails) {
    this.#dependencies = dependencies;
    this.#details = details;
    this.loaded = details.loaded;
    this.loss = details.lease.loss;
    this.waitMs = details.waitMs;
    this.loadMs = details.loadMs;
  }

  /** Notes whether an agent may have heard of this turn, which it must not remember unless the turn commits (I5). */
  noteAgentMayHaveHeard(mayHaveHeard: boolean): void {
    this.#agentMayHaveHeard = mayHaveHeard;
  }

  /**
   * Stores the state as the next revision, and the turn with it, in one step (I2).
   * @param turn none for an end
   * @throws TurnkeeperError LEASE_LOST, TURN_INTERRUPTED, STATE_CHANGED (nothing was stored) or OutcomeUnknown
   */
  async commit(state: ConversationState, turn?: Commit['turn']): Promise<void> {
    const { key, lease } = this.#details;
    const next = { ...state, revision: state.revision + 1, committedBy: lease.token };
    const guard = { leaseToken: lease.token, loaded: this.loaded.state };
    const { log } = this.loaded;
    const commit = turn === undefined ? { guard, state: next, log } : { guard, state: next, log, turn };
    await this.#carryOut(() => this.#dependencies.store.commit(key, commit));
  }

  /**
   * Deletes all of the conversation, also one that can't be read (I12).
   * @throws TurnkeeperError as commit does
   */
  async purge(): Promise<void> {
    const { key, lease } = this.#details;
    const { state, unreadable } = this.loaded;
    const leaseToken = lease.token;
    const guard: CommitGuard | UnreadableGuard =
      unreadable === undefined ? { leaseToken, loaded: state } : { leaseToken, loaded: 'unreadable' };
    await this.#carryOut(() => this.#dependencies.store.purge(key, guard));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFreed) return;
    const { observer, ids } = this.#dependencies;
    try {
      await this.#reach('release-due');
    } catch (error) {
      observer.tell({ type: 'error.unexpected', errorId: ids.errorId(), error });
    }
    await this.#details.lease.release({ agentMayHaveHeard: this.#agentMayHaveHeard });
  }

  async #carryOut(send: () => Promise<CommitResult>): Promise<void> {
    const { lease } = this.#details;
    await this.#reach('commit-due');
    // An extension sent after the commit would find the lease gone, and take it for lost.
    lease.stop();
    const sent = send();
    // It may fail before it is awaited.
    sent.catch(() => undefined);
    await this.#reach('commit-sent');
    await committedOrThrow(sent);
    this.#agentMayHaveHeard = false;
    this.#isFreed = lease.isFreedByCommit;
  }

  async #reach(point: FaultPoint): Promise<void> {
    const { key, turnId } = this.#details;
    await this.#dependencies.faultPoints.reach(point, { key, turnId });
  }
}

async function committedOrThrow(sent: Promise<CommitResult>): Promise<void> {
  const result = await confirmed(sent);
  switch (result) {
    case 'committed':
      return;
    case 'lease-lost':
      throw leaseLost();
    case 'interrupted':
      throw turnInterrupted();
    case 'state-changed':
      throw stateChanged();
  }
}

async function confirmed(sent: Promise<CommitResult>): Promise<CommitResult> {
  try {
    return await sent;
  } catch (error) {
    if (isTurnkeeperError(error, 'STATE_STORE_UNAVAILABLE')) throw new OutcomeUnknown(error);
    throw error;
  }
}
