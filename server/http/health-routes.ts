import { Router } from 'express';
import type { WorkflowStateStore } from '../orchestrator/ports/workflow-state-store.ts';

interface Health {
  readonly store: Pick<WorkflowStateStore, 'isReachable'>;
  readonly isShuttingDown: () => boolean;
}

/** `/livez`: the process runs. `/readyz`: it can take turns, which it can't without Redis (I6) or when it shuts down. */
export function healthRoutes({ store, isShuttingDown }: Health): Router {
  const routes = Router();
  routes.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  routes.get('/readyz', async (_request, response) => {
    if (isShuttingDown()) {
      response.status(503).json({ status: 'shutting down' });
      return;
    }
    const isReachable = await store.isReachable();
    response
      .status(isReachable ? 200 : 503)
      .json({ status: isReachable ? 'ready' : 'the state store is unreachable' });
  });
  return routes;
}
