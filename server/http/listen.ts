import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { answerBadRequests } from './answer-bad-requests.ts';

interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** How long an idle connection is kept open, in milliseconds. */
  readonly keepAliveMs: number;
  /** Connections that are open at once. */
  readonly maxConnections: number;
}

/** Beyond the keep-alive: a connection that a balancer opens ahead of time must live as long as one that was used. */
const headersBeyondKeepAliveMs = 5_000;

/** For a request's body, beyond its headers. It is bounded in size, so who needs longer for it only holds a connection. */
const bodyMs = 60_000;

export interface Listening {
  /** Where it listens, without a path: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no more connections, and ends those that are open once they have been answered. */
  readonly close: () => Promise<void>;
  /** Ends every connection, answered or not. */
  readonly closeNow: () => void;
}

/** Starts listening; rejects where the address can't be had. */
export async function listen(
  listener: RequestListener,
  { host, port, keepAliveMs, maxConnections }: ListenOptions,
): Promise<Listening> {
  const headersTimeout = keepAliveMs + headersBeyondKeepAliveMs;
  const requestTimeout = headersTimeout + bodyMs;
  const server = createServer({ keepAliveTimeout: keepAliveMs, headersTimeout, requestTimeout }, listener);
  server.maxConnections = maxConnections;
  answerBadRequests(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${bracketed}:${portOf(server)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    closeNow: () => server.closeAllConnections(),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}
