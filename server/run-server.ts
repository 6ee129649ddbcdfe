import { compose } from './compose.ts';
import type { CompositionOptions } from './compose.ts';
import { createApp } from './http/create-app.ts';
import { listen } from './http/listen.ts';

export interface RunningServer {
  readonly url: string;
  /** Whether Redis answered when the server came up. */
  readonly isStoreReachable: boolean;
  /** Refuses new turns, lets running ones finish within the grace period, then closes everything. */
  readonly stop: () => Promise<void>;
}

// A turn is over a moment before its answer has left.
const lastAnswersMs = 1_000;

/** Brings up a whole server: what `npm start` runs, and what tools and tests run beside themselves. */
export async function runServer(options: CompositionOptions): Promise<RunningServer> {
  const { settings } = options;
  const { dependencies, authenticator, firstConnection, close } = await compose(options);
  let isShuttingDown = false;
  const app = createApp({
    dependencies,
    authenticator,
    maxBodyBytes: settings.maxBodyBytes,
    corsOrigins: settings.corsOrigins,
    isDevelopment: settings.isDevelopment,
    isShuttingDown: () => isShuttingDown,
    watchStallMs: settings.watchStallMs,
  });
  const isStoreReachable = await firstConnection;
  const listening = await listen(app, settings).catch((error: unknown) => {
    close();
    throw error;
  });
  return {
    url: listening.url,
    isStoreReachable,
    stop: async () => {
      isShuttingDown = true;
      await within(settings.shutdownGraceMs, dependencies.gate.close());
      const closed = listening.close();
      await within(lastAnswersMs, closed);
      listening.closeNow();
      await closed;
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
