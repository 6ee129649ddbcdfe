import { createExpressMiddleware } from '@trpc/server/adapters/express';
import cors from 'cors';
import express from 'express';
import type { Express } from 'express';
import helmet from 'helmet';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Authenticator } from '../orchestrator/ports/authenticator.ts';
import { createAppRouter } from '../router/app-router.ts';
import type { RouterContext } from '../router/context.ts';
import { chatPage } from './chat-page.ts';
import { dropWhenStalled } from './drop-when-stalled.ts';
import { healthRoutes } from './health-routes.ts';

export interface AppOptions {
  readonly dependencies: Dependencies;
  readonly authenticator: Authenticator;
  readonly maxBodyBytes: number;
  /** Origins of pages that may call the API from a browser; none by default. */
  readonly corsOrigins: readonly string[];
  /** Whether errors may carry their stack and cause. */
  readonly isDevelopment: boolean;
  readonly isShuttingDown: () => boolean;
  /** How long a watcher's connection may stall, in milliseconds: longer than the time between two pings. */
  readonly watchStallMs: number;
  /** The folder that the chat page is built into. */
  readonly chatDir: string;
}

// Calls that one HTTP request may batch: more only serves to get around the limit of its size.
const maxBatchSize = 10;

/** The HTTP side: the API at `/trpc`, what operators ask at `/livez` and `/readyz`, and the chat page at `/`. */
export function createApp(options: AppOptions): Express {
  const { dependencies, authenticator, maxBodyBytes, corsOrigins, isDevelopment, isShuttingDown } = options;
  const { watchStallMs, chatDir } = options;
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  app.use(healthRoutes({ store: dependencies.store, isShuttingDown }));
  app.use(
    '/trpc',
    cors({ origin: [...corsOrigins] }),
    createExpressMiddleware({
      router: createAppRouter(),
      maxBodySize: maxBodyBytes,
      maxBatchSize,
      createContext: async ({ req, res, info }): Promise<RouterContext> => {
        if (info.type === 'subscription') dropWhenStalled(res, watchStallMs);
        return {
          authentication: await authenticator.authenticate(req.headers),
          dependencies,
          showsCauses: isDevelopment,
        };
      },
    }),
  );
  app.use(chatPage(chatDir));
  app.use((_request, response) => {
    response.status(404).json({
      error: 'There is nothing here. The chat page is at /, the API at /trpc, health at /livez and /readyz.',
    });
  });
  return app;
}
