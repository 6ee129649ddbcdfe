import type { IncomingMessage, RequestListener } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import cors from 'cors';
import express from 'express';
import helmet from 'helmet';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';
import type { ReloadedWorkflows } from '../orchestrator/ports/current-workflows.ts';
import { createAppRouter } from '../router/app-router.ts';
import type { RouterContext } from '../router/procedure.ts';
import { failureHeaders } from '../router/failure.ts';
import { reportUnhandled } from '../router/report-failure.ts';
import type { Settings } from '../settings/read-environment.ts';
import { Addresses } from './addresses.ts';
import type { AddressSettings } from './addresses.ts';
import { requireCall, requireKnownHost, requireKnownOrigin } from './api-gate.ts';
import { answerHeaders } from './answer-headers.ts';
import type { HeaderMiddleware } from './answer-headers.ts';
import { chatPage } from './chat-page.ts';
import type { PageSettings, SignIn } from './chat-page.ts';
import { closeUnread, dropWhenStalled } from './connections.ts';
import { definitionNews, newsPath } from './definition-news.ts';
import { healthRoutes } from './health-routes.ts';
import { identifyCaller } from './identify-caller.ts';
import { metricsPage, metricsPath } from './metrics-page.ts';
import type { MetricsSource } from './metrics-page.ts';
import { singleCalls } from './single-call.ts';

type AppSettings = Pick<
  Settings,
  'authTimeoutMs' | 'allowedTenants' | 'maxBodyBytes' | 'showsErrorCauses' | 'watchStallMs'
>;

export interface AppOptions {
  readonly settings: AddressSettings & PageSettings & AppSettings;
  readonly dependencies: Dependencies;
  readonly authenticator: Authenticator;
  readonly isShuttingDown: () => boolean;
  /** The folder that the chat page is built into. */
  readonly chatDir: string;
  /** @default null: nobody signs in on the page */
  readonly signIn?: SignIn | null;
  /** The metrics at `/metrics`, for a bearer of one of the tokens. @default null: not here */
  readonly metrics?: { readonly source: MetricsSource; readonly tokens: readonly string[] } | null;
  /** The workflows of a server for development, whose page shows their faults. @default null */
  readonly reloaded?: ReloadedWorkflows | null;
  /** Returns the dependencies of one request's calls. @default null: all requests have the same */
  readonly traceRequest?: ((dependencies: Dependencies, headers: RequestHeaders) => Dependencies) | null;
  /** False to leave every call to tRPC's adapter: tests compare the two ways. @default true */
  readonly takesShortWay?: boolean;
}

// The most calls in one HTTP request: more would only get around the limit of its answer's size.
const maxBatchSize = 10;

const apiPath = '/trpc';

/**
 * The HTTP side: the API at `/trpc`, the health checks at `/livez` and `/readyz`, and the chat page at `/`. It can be the
 * listener of a server, or be mounted under a path of another express application.
 */
export function createApp(options: AppOptions): RequestListener {
  const { settings, dependencies, authenticator, isShuttingDown, chatDir } = options;
  const {
    signIn = null,
    takesShortWay = true,
    metrics = null,
    traceRequest = null,
    reloaded = null,
  } = options;
  const { maxBodyBytes } = settings;
  const { clock } = dependencies;
  const addresses = new Addresses(settings);
  const router = createAppRouter();
  const secure = helmet();
  const allowOrigins = cors({ origin: [...settings.corsOrigins] });
  const contextOf = async ({ headers }: IncomingMessage): Promise<RouterContext> => ({
    authentication: await identifyCaller(headers, {
      authenticator,
      clock,
      timeoutMs: settings.authTimeoutMs,
      allowedTenants: settings.allowedTenants,
    }),
    dependencies: traceRequest === null ? dependencies : traceRequest(dependencies, headers),
    showsCauses: settings.showsErrorCauses,
  });
  const onError = (error: TRPCError): void => reportUnhandled(dependencies, error);
  const app = express();
  app.disable('x-powered-by');
  app.use(secure);
  app.use(closeUnread);
  // Health comes before the host check: probes call an instance by any address, and learn only whether it runs.
  app.use(healthRoutes({ ...dependencies, isShuttingDown }));
  // So do metrics: a scraper calls an instance by any address, and shows a token that no page has.
  if (metrics !== null) app.all(metricsPath, metricsPage(metrics.source, metrics.tokens));
  app.use(requireKnownHost(addresses, apiPath));
  app.use(apiPath, neverStored);
  app.use(
    apiPath,
    requireKnownOrigin(addresses),
    allowOrigins,
    requireCall({ maxBodyBytes, maxBatchSize }),
    createExpressMiddleware({
      router,
      maxBatchSize,
      // tRPC sets a stream's Cache-Control, which would override the header above.
      responseMeta: ({ type, errors }) => {
        const headers = new Headers(type === 'subscription' ? { 'cache-control': 'no-store' } : {});
        // All calls of a batch have the same caller.
        const [name, value] = failureHeaders(errors[0]?.cause);
        if (name !== undefined && value !== undefined) headers.set(name, value);
        return { headers };
      },
      onError: ({ error }) => onError(error),
      createContext: ({ req, res, info }) => {
        if (info.type === 'subscription') dropWhenStalled(res, settings.watchStallMs);
        return contextOf(req);
      },
    }),
  );
  if (reloaded !== null) app.get(`/${newsPath}`, definitionNews(reloaded, dependencies.gate.closing));
  app.use(chatPage({ dir: chatDir, settings, signIn, newsPath: reloaded === null ? null : newsPath }));
  app.use(({ baseUrl }, response) => {
    const [page, api, ...health] = ['/', apiPath, '/livez', '/readyz'].map((path) => `${baseUrl}${path}`);
    response.status(404).json({
      error: `There is nothing here. The chat page is at ${page}, the API at ${api}, health at ${health.join(' and ')}.`,
    });
  });
  if (!takesShortWay) return app;
  const answerSingleCall = singleCalls({
    router,
    apiPath,
    maxBodyBytes,
    isKnown: (request) => addresses.hostFault(request) === null && addresses.originFault(request) === null,
    createContext: contextOf,
    onError,
    headersFor: answerHeaders([secure, neverStored, allowOrigins, asJson], settings.corsOrigins),
  });
  return (request, response) => {
    // A body parser of the application that this one is mounted in may have read the body: only the gate knows that case.
    if (request.readableDidRead || !answerSingleCall(request, response)) app(request, response);
  };
}

/** Nothing between may compress an answer either: its length could tell what is in it, and a watch's events would wait. */
const neverStored: HeaderMiddleware = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store, no-transform');
  next();
};

/** The headers of tRPC's own answer to a call. */
const asJson: HeaderMiddleware = (_request, response, next) => {
  response.setHeader('vary', 'trpc-accept, accept');
  response.setHeader('content-type', 'application/json');
  next();
};
