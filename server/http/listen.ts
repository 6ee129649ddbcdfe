import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { Settings } from '../settings/read-environment.ts';
import { answerBadRequests, openAnswersOf } from './connections.ts';

type ListenSettings = Pick<Settings, 'host' | 'port' | 'keepAliveMs' | 'maxConnections'>;

/** Added to the keep-alive: a connection that a balancer opens in advance must live as long as a used one. */
const headersBeyondKeepAliveMs = 5_000;

/** Added for the body. Its size is bounded, so a client that needs longer only holds a connection. */
const bodyMs = 60_000;

export interface Listening {
  /** The address without a path: `http://127.0.0.1:3000`. */
  readonly url: string;
  /**
   * Closes each connection after its next answer (`Connection: close`), so that a proxy which keeps connections opens
   * new ones, to another server.
   */
  readonly keepNoConnection: () => void;
  /** Takes no more connections: their callers are refused at once. Answers that have begun, or are awaited, go on. */
  readonly refuse: () => void;
  /** Takes no more connections, ends the idle ones, and resolves when the others have ended after their answer. */
  readonly close: () => Promise<void>;
  /** Ends every connection, answered or not. */
  readonly closeNow: () => void;
}

/** Starts listening. Rejects if the address is not available. */
export async function listen(
  listener: RequestListener,
  { host, port, keepAliveMs, maxConnections }: ListenSettings,
): Promise<Listening> {
  const headersTimeout = keepAliveMs + headersBeyondKeepAliveMs;
  const requestTimeout = headersTimeout + bodyMs;
  const server = createServer({ keepAliveTimeout: keepAliveMs, headersTimeout, requestTimeout }, listener);
  server.maxConnections = maxConnections;
  // Node hides headers beyond a count from the listener, but obeys them: a Transfer-Encoding, say. Their size is bounded.
  server.maxHeadersCount = 0;
  const openAnswers = openAnswersOf(server);
  answerBadRequests(server, openAnswers);
  let keepsConnections = true;
  server.prependListener('request', (_request, response) => {
    if (!keepsConnections) response.shouldKeepAlive = false;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const url = `http://${bracketed}:${portOf(server)}`;
  let closed: Promise<void> | null = null;
  const refuse = (): Promise<void> => (closed ??= new Promise((resolve) => server.close(() => resolve())));
  return {
    url,
    keepNoConnection: () => {
      keepsConnections = false;
      for (const answers of openAnswers.values())
        for (const answer of answers) answer.shouldKeepAlive = false;
    },
    refuse: () => void refuse(),
    close: () => {
      const ended = refuse();
      // Connections whose answers had begun earlier, as a watcher's, became idle since the refusal.
      server.closeIdleConnections();
      return ended;
    },
    closeNow: () => server.closeAllConnections(),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}
