import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { mustCommit } from './commit.ts';
import type { Dependencies } from './dependencies.ts';
import type { CommitResult, LoadedConversation, UsedTurnId } from './ports/workflow-state-store.ts';

const turnInProgressRetryAfterMs = 500;

interface LeaseRequest {
  readonly call: 'turn' | 'end';
  readonly turnId: string | null;
}

/** A conversation as it was loaded under a lease that this call holds. */
export interface HeldConversation {
  readonly loaded: LoadedConversation;
  /** What a commit must carry to be this holder's (I3). */
  readonly leaseToken: string;
  /** Aborts when the lease is lost. */
  readonly signal: AbortSignal;
  /** How long it took to get here, in milliseconds. */
  readonly loadMs: number;
  /**
   * Carries out the commit that this call holds the lease for; done, it has freed the lease.
   * @throws TurnkeeperError as mustCommit does
   */
  readonly commit: (send: () => Promise<CommitResult>) => Promise<void>;
}

type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** The turn id was used before: what it did stands, no lease is needed to say so. */
  | { readonly kind: 'used'; readonly used: UsedTurnId };

/**
 * Takes the conversation's lease and loads it behind that, in one round trip, then does `work` under the lease and
 * gives it back, whatever happens (I1).
 * @throws TurnkeeperError TURN_IN_PROGRESS while another holds the lease, STATE_STORE_UNAVAILABLE
 */
export async function withLease<Result>(
  { leases, store, clock, observer }: Dependencies,
  key: ConversationKey,
  { call, turnId }: LeaseRequest,
  work: (held: HeldConversation) => Promise<Result>,
): Promise<Outcome<Result>> {
  const began = clock.now();
  const request = { turnId, opens: call === 'turn' };
  const [acquired, speculative] = await Promise.allSettled([leases.acquire(key), store.load(key, request)]);
  if (acquired.status === 'rejected') throw acquired.reason;
  if (acquired.value.kind === 'held') {
    if (speculative.status === 'rejected') throw speculative.reason;
    if (speculative.value.usedTurnId !== null) return { kind: 'used', used: speculative.value.usedTurnId };
    observer.tell({ type: 'lease.contended', key, call, waitedMs: clock.now() - began });
    throw new TurnkeeperError(
      'TURN_IN_PROGRESS',
      'Another turn of this conversation is running. Try again shortly.',
      {
        retryAfterMs: turnInProgressRetryAfterMs,
      },
    );
  }
  const { lease } = acquired.value;
  const freeing = { isDone: false };
  try {
    if (speculative.status === 'rejected') throw speculative.reason;
    // Read before the lease was won (its script had to be loaded first, say), it may be outdated: read again.
    const loaded =
      speculative.value.leaseToken === lease.token ? speculative.value : await store.load(key, request);
    if (loaded.usedTurnId !== null) return { kind: 'used', used: loaded.usedTurnId };
    const commit = async (send: () => Promise<CommitResult>): Promise<void> => {
      // An extension sent behind the commit would find the lease gone, and take it for lost.
      lease.stop();
      await mustCommit(send);
      freeing.isDone = true;
    };
    const { token: leaseToken, signal } = lease;
    const loadMs = clock.now() - began;
    return { kind: 'done', result: await work({ loaded, leaseToken, signal, loadMs, commit }) };
  } finally {
    if (!freeing.isDone) await lease.release();
  }
}
