import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from './dependencies.ts';
import type { Lease } from './ports/lease.ts';
import type { LoadedConversation, UsedTurnId } from './ports/workflow-state-store.ts';

const turnInProgressRetryAfterMs = 500;

interface LeaseRequest {
  readonly call: 'turn' | 'end';
  readonly turnId: string | null;
}

/** A conversation as it was loaded under a lease that this call holds. */
export interface HeldConversation {
  readonly loaded: LoadedConversation;
  readonly lease: Lease;
  /** How long it took to get here, in milliseconds. */
  readonly loadMs: number;
  /** To be called once a commit has freed the lease, so that it is not given back a second time. */
  readonly leaseIsFreed: () => void;
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
    const leaseIsFreed = (): void => {
      freeing.isDone = true;
    };
    return { kind: 'done', result: await work({ loaded, lease, loadMs: clock.now() - began, leaseIsFreed }) };
  } finally {
    if (freeing.isDone) lease.stop();
    else await lease.release();
  }
}
