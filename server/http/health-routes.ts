import { Router } from 'express';
import { reachesStores } from '../reaches-stores.ts';
import type { Stores } from '../reaches-stores.ts';

interface Health extends Stores {
  readonly isShuttingDown: () => boolean;
}

/**
 * `/livez` says that the process runs, `/readyz` that it can take turns: it can't while it shuts down, or without a Redis that
 * takes writes (I6).
 */
export function healthRoutes({ isShuttingDown, ...stores }: Health): Router {
  const routes = Router();
  routes.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  routes.get('/readyz', async (_request, response) => {
    if (isShuttingDown()) {
      response.status(503).json({ status: 'shutting down' });
      return;
    }
    const isReady = await reachesStores(stores);
    response
      .status(isReady ? 200 : 503)
      .json({ status: isReady ? 'ready' : 'the state store is unreachable or takes no writes' });
  });
  return routes;
}
