import type { LeaseKeeper } from './orchestrator/ports/lease.ts';
import type { WorkflowStateStore } from './orchestrator/ports/workflow-state-store.ts';

export interface Stores {
  readonly store: Pick<WorkflowStateStore, 'isReachable'>;
  readonly leases: Pick<LeaseKeeper, 'isReachable'>;
}

/** Returns true if every Redis that a turn needs is there and takes writes (I6): `/readyz` and the metric `ready` say so. */
export async function reachesStores({ store, leases }: Stores): Promise<boolean> {
  const reached = await Promise.all([store.isReachable(), leases.isReachable()]);
  return reached.every(Boolean);
}
