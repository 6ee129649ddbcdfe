import { fileURLToPath } from 'node:url';
import { compose } from './compose.ts';
import type { CompositionOptions } from './compose.ts';
import { hasChatPage } from './http/chat-page.ts';
import { createApp } from './http/create-app.ts';
import { listen } from './http/listen.ts';
import type { Listening } from './http/listen.ts';
import { metricsPage, metricsPath } from './http/metrics-page.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Settings } from './settings/read-environment.ts';
import type { FirstConnection } from './redis/redis-adapters.ts';

export interface ServerOptions extends CompositionOptions {
  /** The folder of the built chat page. @default the shipped page's, beside this server */
  readonly chatDir?: string;
}

export interface RunningServer {
  readonly url: string;
  /** The address of the metrics; null where none are served. */
  readonly metricsUrl: string | null;
  /** The state of Redis when the server came up. */
  readonly store: FirstConnection;
  /** True: there was a chat page to serve when the server came up. */
  readonly hasChatPage: boolean;
  /** Refuses new turns, lets running ones finish within the grace period, then closes everything. */
  readonly stop: () => Promise<void>;
}

// The same path in the checkout and in its build in dist/: see tools/build.mjs.
const shippedChatDir = fileURLToPath(new URL('../apps/chat/dist', import.meta.url));

// A turn ends a moment before its response is sent.
const lastAnswersMs = 1_000;

/** Starts a whole server: `npm start` runs it, and tools and tests run it inside themselves. */
export async function runServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, chatDir = shippedChatDir } = options;
  const { dependencies, authenticator, metrics, traceRequest, firstConnection, close } =
    await compose(options);
  let isShuttingDown = false;
  const app = createApp({
    settings,
    dependencies,
    authenticator,
    isShuttingDown: () => isShuttingDown,
    chatDir,
    traceRequest,
    metrics:
      metrics === null || settings.metrics?.kind !== 'token'
        ? null
        : { source: metrics, tokens: settings.metrics.tokens },
  });
  const store = await firstConnection;
  const listening = await listen(app, settings).catch((error: unknown) => {
    close();
    throw error;
  });
  const metricsListening = await listenForScrapers(metrics, settings).catch((error: unknown) => {
    listening.closeNow();
    void listening.close();
    close();
    throw error;
  });
  return {
    url: listening.url,
    metricsUrl: metrics === null ? null : `${(metricsListening ?? listening).url}${metricsPath}`,
    store,
    hasChatPage: hasChatPage(chatDir),
    stop: async () => {
      isShuttingDown = true;
      await within(settings.shutdownGraceMs, dependencies.gate.close());
      const closed = listening.close();
      await within(lastAnswersMs, closed);
      listening.closeNow();
      await closed;
      // Last, so that the end of the last turns can be read.
      metricsListening?.closeNow();
      await metricsListening?.close();
      close();
    },
  };
}

/** Listens on the metrics' own port, where they have one. */
async function listenForScrapers(metrics: Metrics | null, settings: Settings): Promise<Listening | null> {
  if (metrics === null || settings.metrics?.kind !== 'own-port') return null;
  return listen(metricsPage(metrics, null), { ...settings, port: settings.metrics.port });
}

async function within(timeMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
