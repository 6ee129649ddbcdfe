import { Router } from 'express';
import type { LeaseKeeper } from '../orchestrator/ports/lease.ts';
import type { WorkflowStateStore } from '../orchestrator/ports/workflow-state-store.ts';

interface Health {
  readonly store: Pick<WorkflowStateStore, 'isReachable'>;
  readonly leases: Pick<LeaseKeeper, 'isReachable'>;
  readonly isShuttingDown: () => boolean;
}

/**
 * `/livez` says that the process runs, `/readyz` that it can take turns: it can't while it shuts down, or without a Redis that
 * takes writes (I6).
 */
export function healthRoutes({ store, leases, isShuttingDown }: Health): Router {
  const routes = Router();
  routes.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  routes.get('/readyz', async (_request, response) => {
    if (isShuttingDown()) {
      response.status(503).json({ status: 'shutting down' });
      return;
    }
    const [isStored, isLeased] = await Promise.all([store.isReachable(), leases.isReachable()]);
    const isReady = isStored && isLeased;
    response
      .status(isReady ? 200 : 503)
      .json({ status: isReady ? 'ready' : 'the state store is unreachable or takes no writes' });
  });
  return routes;
}
