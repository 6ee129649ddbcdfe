import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { compose } from './compose.ts';
import type { Composition, CompositionOptions } from './compose.ts';
import { hasChatPage } from './http/chat-page.ts';
import { createApp } from './http/create-app.ts';
import { listen } from './http/listen.ts';
import type { Listening } from './http/listen.ts';
import type { FirstConnection } from './redis/redis-adapters.ts';
import type { Settings } from './settings/read-environment.ts';

export interface ServerOptions extends CompositionOptions {
  /** The folder of the built chat page. @default the shipped page's, beside this server */
  readonly chatDir?: string;
}

/** The parts of a server, connected to Redis. It may listen by itself, or be mounted in another application. */
export interface OpenServer extends Pick<Composition, 'dependencies' | 'authenticator' | 'firstConnection'> {
  /** The whole HTTP side, for a server or an express application of somebody else. */
  readonly app: () => RequestListener;
  /**
   * Listens on an address, once.
   * @returns the address without a path: `http://127.0.0.1:3000`
   */
  readonly listen: (settings: Settings) => Promise<string>;
  /** Refuses new turns, lets running ones finish within the grace period, then closes everything. */
  readonly close: () => Promise<void>;
}

export interface RunningServer {
  readonly url: string;
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
  const server = await openServer(options);
  const store = await server.firstConnection;
  const url = await server.listen(settings).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return { url, store, hasChatPage: hasChatPage(chatDir), stop: server.close };
}

/** Makes the parts of a server, and connects them to Redis; nothing listens yet. */
export async function openServer(options: ServerOptions): Promise<OpenServer> {
  const { chatDir = shippedChatDir } = options;
  const { close, ...parts } = await compose(options);
  const { dependencies, authenticator, signIn } = parts;
  let isShuttingDown = false;
  let listening: Listening | null = null;
  const app = (settings: Settings): RequestListener =>
    createApp({
      settings,
      dependencies,
      authenticator,
      isShuttingDown: () => isShuttingDown,
      chatDir,
      signIn,
    });
  return {
    ...parts,
    app: () => app(options.settings),
    listen: async (settings) => {
      listening = await listen(app(settings), settings);
      return listening.url;
    },
    close: async () => {
      isShuttingDown = true;
      await within(options.settings.shutdownGraceMs, dependencies.gate.close());
      if (listening !== null) {
        const closed = listening.close();
        await within(lastAnswersMs, closed);
        listening.closeNow();
        await closed;
      }
      close();
    },
  };
}

async function within(timeMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
