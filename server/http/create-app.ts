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
import type { Settings } from '../settings/read-environment.ts';
import { Addresses } from './addresses.ts';
import type { AddressSettings } from './addresses.ts';
import { requireCall, requireKnownHost, requireKnownOrigin } from './api-gate.ts';
import { chatPage } from './chat-page.ts';
import { closeUnread, dropWhenStalled } from './connections.ts';
import { healthRoutes } from './health-routes.ts';
import { identifyCaller } from './identify-caller.ts';

type AppSettings = Pick<
  Settings,
  'authTimeoutMs' | 'maxBodyBytes' | 'showsErrorCauses' | 'imageHosts' | 'watchStallMs'
>;

export interface AppOptions {
  readonly settings: AddressSettings & AppSettings;
  readonly dependencies: Dependencies;
  readonly authenticator: Authenticator;
  readonly isShuttingDown: () => boolean;
  /** The folder that the chat page is built into. */
  readonly chatDir: string;
}

// The most calls in one HTTP request: more would only get around the limit of its answer's size.
const maxBatchSize = 10;

const apiPath = '/trpc';

/** The HTTP side: the API at `/trpc`, the health checks at `/livez` and `/readyz`, and the chat page at `/`. */
export function createApp(options: AppOptions): Express {
  const { settings, dependencies, authenticator, isShuttingDown, chatDir } = options;
  const { clock } = dependencies;
  const addresses = new Addresses(settings);
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
    cors({ origin: [...settings.corsOrigins] }),
    requireCall({ maxBodyBytes: settings.maxBodyBytes, maxBatchSize }),
    createExpressMiddleware({
      router: createAppRouter(),
      maxBatchSize,
      // tRPC sets a stream's Cache-Control, which would override the header above.
      responseMeta: ({ type }) =>
        type === 'subscription' ? { headers: new Headers({ 'cache-control': 'no-store' }) } : {},
      onError: ({ error }) => reportUnhandled(dependencies, error),
      createContext: async ({ req, res, info }): Promise<RouterContext> => {
        if (info.type === 'subscription') dropWhenStalled(res, settings.watchStallMs);
        return {
          authentication: await identifyCaller(req.headers, {
            authenticator,
            clock,
            timeoutMs: settings.authTimeoutMs,
          }),
          dependencies,
          showsCauses: settings.showsErrorCauses,
        };
      },
    }),
  );
  app.use(chatPage(chatDir, settings.imageHosts));
  app.use((_request, response) => {
    response.status(404).json({
      error: 'There is nothing here. The chat page is at /, the API at /trpc, health at /livez and /readyz.',
    });
  });
  return app;
}
