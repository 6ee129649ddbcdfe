import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';

interface Address {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

export interface Listening {
  /** Where it listens, without a path: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no more connections, and ends those that are open once they have been answered. */
  readonly close: () => Promise<void>;
  /** Ends every connection, answered or not. */
  readonly closeNow: () => void;
}

/** Starts listening; rejects where the address can't be had. */
export async function listen(listener: RequestListener, { host, port }: Address): Promise<Listening> {
  const server = createServer(listener);
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
