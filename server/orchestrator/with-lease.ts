import type { ConversationKey } from '../domain/identity.ts';
import { commitOrThrow } from './commit.ts';
import type { Dependencies } from './dependencies.ts';
import type { Lease } from './ports/lease.ts';
import type { CommitResult, LoadedConversation, CommittedTurn } from './ports/workflow-state-store.ts';
import { takeLease } from './take-lease.ts';
import type { LeaseRequest } from './take-lease.ts';

/** A conversation as it was loaded under a lease that this call holds. */
export interface LeasedConversation {
  readonly loaded: LoadedConversation;
  /** What a commit must carry to be this holder's (I3). */
  readonly leaseToken: string;
  /** Aborts when the lease is lost or interrupted. */
  readonly signal: AbortSignal;
  /** How long the call waited for others, and how long it took to take the lease and load, in milliseconds. */
  readonly waitMs: number;
  readonly loadMs: number;
  /** Notes whether an agent may have heard of this turn, which it must not remember unless the turn commits. */
  readonly noteAgentMayHaveHeard: (mayHaveHeard: boolean) => void;
  /**
   * Carries out the commit that this call holds the lease for; done, the lease is as good as free.
   * @throws TurnkeeperError as commitOrThrow does
   */
  readonly commit: (send: () => Promise<CommitResult>) => Promise<void>;
}

type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'used'; readonly used: CommittedTurn; readonly waitMs: number; readonly loadMs: number };

/**
 * Takes the conversation's lease and loads it, then does `work` under the lease and gives it back, whatever happens (I1).
 * @throws TurnkeeperError as takeLease does
 */
export async function withLease<Result>(
  dependencies: Dependencies,
  key: ConversationKey,
  request: LeaseRequest,
  work: (held: LeasedConversation) => Promise<Result>,
): Promise<Outcome<Result>> {
  const taken = await takeLease(dependencies, key, request);
  if (taken.kind === 'used') return taken;
  const { faultPoints } = dependencies;
  const at = { key, turnId: request.turnId };
  const { lease, loaded, waitMs, loadMs } = taken;
  const holding = new Holding(lease);
  try {
    await faultPoints.reach('loaded', at);
    const result = await work({
      loaded,
      leaseToken: lease.token,
      signal: lease.signal,
      waitMs,
      loadMs,
      noteAgentMayHaveHeard: (mayHaveHeard) => {
        holding.agentMayHaveHeard = mayHaveHeard;
      },
      commit: async (send) => {
        await faultPoints.reach('commit-due', at);
        await holding.commit(send, () => faultPoints.reach('commit-sent', at));
      },
    });
    return { kind: 'done', result };
  } finally {
    if (!holding.isFreed) {
      try {
        await faultPoints.reach('release-due', at);
      } finally {
        await lease.release({ agentMayHaveHeard: holding.agentMayHaveHeard });
      }
    }
  }
}

/** What becomes of a lease while it is held. */
class Holding {
  readonly #lease: Lease;
  agentMayHaveHeard = false;
  isFreed = false;

  constructor(lease: Lease) {
    this.#lease = lease;
  }

  async commit(send: () => Promise<CommitResult>, whenSent: () => unknown): Promise<void> {
    // An extension sent behind the commit would find the lease gone, and take it for lost.
    this.#lease.stop();
    await commitOrThrow(async () => {
      const answer = send();
      // It may fail before it is waited for.
      answer.catch(() => undefined);
      await whenSent();
      return answer;
    });
    this.agentMayHaveHeard = false;
    this.isFreed = this.#lease.isFreedByCommit;
  }
}
