import { createExpressMiddleware } from '@trpc/server/adapters/express';
import cors from 'cors';
import express from 'express';
import type { Express } from 'express';
import helmet from 'helmet';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Authenticator } from '../orchestrator/ports/authenticator.ts';
import { createAppRouter } from '../router/app-router.ts';
import type { RouterContext } from '../router/procedure.ts';
import { reportUnhandled } from '../router/report-failure.ts';
import { Addresses } from './addresses.ts';
import type { AddressOptions } from './addresses.ts';
import { requireCall, requireKnownHost, requireKnownOrigin } from './api-gate.ts';
import { chatPage } from './chat-page.ts';
import { closeUnread, dropWhenStalled } from './connections.ts';
import { healthRoutes } from './health-routes.ts';
import { identifyCaller } from './identify-caller.ts';

export interface AppOptions extends AddressOptions {
  readonly dependencies: Dependencies;
  readonly authenticator: Authenticator;
  /** The authenticator's time limit, in milliseconds. */
  readonly authTimeoutMs: number;
  readonly maxBodyBytes: number;
  /** Errors carry their stack and cause: for development only. */
  readonly showsErrorCauses: boolean;
  /** Hosts from which the chat page may load pictures. @default none */
  readonly imageHosts: readonly string[];
  readonly isShuttingDown: () => boolean;
  /** Time after which a stalled watcher is dropped, in milliseconds: longer than the time between two pings. */
  readonly watchStallMs: number;
  /** The folder that the chat page is built into. */
  readonly chatDir: string;
}

// The most calls in one HTTP request: more would only get around the limit of its answer's size.
const maxBatchSize = 10;

const apiPath = '/trpc';

/** The HTTP side: the API at `/trpc`, the health checks at `/livez` and `/readyz`, and the chat page at `/`. */
export function createApp(options: AppOptions): Express {
  const { dependencies, authenticator, authTimeoutMs, maxBodyBytes, corsOrigins } = options;
  const { showsErrorCauses, isShuttingDown, watchStallMs, chatDir, imageHosts } = options;
  const { clock } = dependencies;
  const addresses = new Addresses(options);
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  app.use(closeUnread);
  // Health comes before the host check: probes call an instance by any address, and learn only whether it runs.
  app.use(healthRoutes({ ...dependencies, isShuttingDown }));
  app.use(requireKnownHost(addresses, apiPath));
  app.use(apiPath, (_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(
    apiPath,
    requireKnownOrigin(addresses),
    cors({ origin: [...corsOrigins] }),
    requireCall({ maxBodyBytes, maxBatchSize }),
    createExpressMiddleware({
      router: createAppRouter(),
      maxBatchSize,
      // tRPC sets a stream's Cache-Control, which would override the header above.
      responseMeta: ({ type }) =>
        type === 'subscription' ? { headers: new Headers({ 'cache-control': 'no-store' }) } : {},
      onError: ({ error }) => reportUnhandled(dependencies, error),
      createContext: async ({ req, res, info }): Promise<RouterContext> => {
        if (info.type === 'subscription') dropWhenStalled(res, watchStallMs);
        return {
          authentication: await identifyCaller(req.headers, {
            authenticator,
            clock,
            timeoutMs: authTimeoutMs,
          }),
          dependencies,
          showsCauses: showsErrorCauses,
        };
      },
    }),
  );
  app.use(chatPage(chatDir, imageHosts));
  app.use((_request, response) => {
    response.status(404).json({
      error: 'There is nothing here. The chat page is at /, the API at /trpc, health at /livez and /readyz.',
    });
  });
  return app;
}
