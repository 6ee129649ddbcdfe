import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { compose } from './compose.ts';
import type { Composition, CompositionOptions } from './compose.ts';
import { hasChatPage } from './http/chat-page.ts';
import { createApp } from './http/create-app.ts';
import { listen } from './http/listen.ts';
import type { Listening } from './http/listen.ts';
import { metricsPage, metricsPath } from './http/metrics-page.ts';
import type { Metrics } from './observability/metrics.ts';
import type { FirstConnection } from './redis/redis-adapters.ts';
import type { Settings } from './settings/read-environment.ts';

export interface ServerOptions extends CompositionOptions {
  /** The folder of the built chat page. @default the shipped page's, beside this server */
  readonly chatDir?: string;
}

interface ListeningServer {
  /** The address without a path: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The address of the metrics; null where none are served. */
  readonly metricsUrl: string | null;
}

/** The parts of a server, connected to Redis. It may listen by itself, or be mounted in another application. */
export interface OpenServer extends Pick<Composition, 'dependencies' | 'authenticator' | 'firstConnection'> {
  /** The whole HTTP side, for a server or an express application of somebody else. */
  readonly app: () => RequestListener;
  /** Listens on an address, once. */
  readonly listen: (settings: Settings) => Promise<ListeningServer>;
  /**
   * Fails `/readyz`, and after the delay refuses connections and new turns, lets running ones finish within the grace
   * period, then closes everything.
   */
  readonly close: () => Promise<void>;
}

export interface RunningServer extends ListeningServer {
  /** The state of Redis when the server came up. */
  readonly store: FirstConnection;
  /** True: there was a chat page to serve when the server came up. */
  readonly hasChatPage: boolean;
  /**
   * Fails `/readyz`, and after the delay refuses connections and new turns, lets running ones finish within the grace
   * period, then closes everything.
   */
  readonly stop: () => Promise<void>;
}

// The same path in the checkout and in its build in dist/: see tools/build.mjs.
const shippedChatDir = fileURLToPath(new URL('../apps/chat/dist', import.meta.url));

// A turn ends a moment before its response is sent.
const lastAnswersMs = 1_000;

/** Starts a whole server: `npm start` runs it, and tools and tests run it inside themselves. */
export async function runServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, chatDir = shippedChatDir } = options;
  const server = await openServer(options);
  const store = await server.firstConnection;
  const listening = await server.listen(settings).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return { ...listening, store, hasChatPage: hasChatPage(chatDir), stop: server.close };
}

/** Makes the parts of a server, and connects them to Redis; nothing listens yet. */
export async function openServer(options: ServerOptions): Promise<OpenServer> {
  const { chatDir = shippedChatDir, reloaded = null } = options;
  const { close, ...parts } = await compose(options);
  const { dependencies, authenticator, signIn, metrics, traceRequest } = parts;
  const { clock, gate } = dependencies;
  const { shutdownDelayMs, shutdownGraceMs } = options.settings;
  let listening: Listening | null = null;
  let scraped: Listening | null = null;
  const app = (settings: Settings): RequestListener =>
    createApp({
      settings,
      dependencies,
      authenticator,
      isShuttingDown: () => gate.isLeaving,
      chatDir,
      signIn,
      traceRequest,
      reloaded,
      metrics:
        metrics === null || settings.metrics?.kind !== 'token'
          ? null
          : { source: metrics, tokens: settings.metrics.tokens },
    });
  return {
    ...parts,
    app: () => app(options.settings),
    listen: async (settings) => {
      listening = await listen(app(settings), settings);
      scraped = await listenForScrapers(metrics, settings);
      const { url } = listening;
      return { url, metricsUrl: metrics === null ? null : `${(scraped ?? listening).url}${metricsPath}` };
    },
    close: async () => {
      gate.leave();
      listening?.keepNoConnection();
      if (shutdownDelayMs > 0) await new Promise<void>((resolve) => clock.after(shutdownDelayMs, resolve));
      // A proxy repeats a call at another server if a connection is refused, and hands on a 503 (decision 86).
      listening?.refuse();
      await within(shutdownGraceMs, gate.close());
      if (listening !== null) {
        const closed = listening.close();
        await within(lastAnswersMs, closed);
        listening.closeNow();
        await closed;
      }
      // Last, so that the end of the last turns can be read.
      scraped?.closeNow();
      await scraped?.close();
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
