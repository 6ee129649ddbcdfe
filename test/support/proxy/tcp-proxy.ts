import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** The two sockets of one connection through a proxy. */
export interface ProxiedConnection {
  readonly client: Socket;
  readonly behind: Socket;
  /** Closes both sockets. */
  readonly cut: () => void;
}

/** Hooks at the end of a connection; the proxy itself closes both sockets. */
interface ConnectionHooks {
  /** Called when the client closes its socket. @default the proxy cuts the connection */
  readonly onClientClose?: () => void;
  /** Called when either end or the proxy cuts the connection. */
  readonly onCut?: () => void;
}

/** Joins the two sockets of a new connection: it decides what passes and when, and counts. */
export type ProxyPlugin = (connection: ProxiedConnection) => ConnectionHooks;

interface TcpProxyOptions {
  /** The target's address; the proxy asks for it at each connection. */
  readonly target: () => { readonly port: string | number; readonly hostname: string };
  /** @default everything passes both ways */
  readonly plugin?: ProxyPlugin;
  /** Creates the server that accepts the clients. @default a plain TCP server */
  readonly serve?: (take: (client: Socket) => void) => Server;
}

/** Passes everything both ways. */
const passThrough: ProxyPlugin = ({ client, behind }) => {
  client.pipe(behind).pipe(client);
  return {};
};

/**
 * The one TCP proxy of the tests: it listens on a free port, connects each client to the target, and can cut
 * connections. A plugin does the rest. Use with `await using`.
 */
export async function startTcpProxy({
  target,
  plugin = passThrough,
  serve = (take) => createServer(take),
}: TcpProxyOptions) {
  const connections = new Set<ProxiedConnection>();
  let accepted = 0;
  let refuses = false;

  const server = serve((client) => {
    if (refuses) {
      client.destroy();
      return;
    }
    accepted += 1;
    const { port, hostname } = target();
    const behind = connect(Number(port), hostname);
    let hooks: ConnectionHooks = {};
    const connection: ProxiedConnection = {
      client,
      behind,
      cut: () => {
        if (!connections.delete(connection)) return;
        hooks.onCut?.();
        client.destroy();
        behind.destroy();
      },
    };
    connections.add(connection);
    for (const socket of [client, behind]) socket.setNoDelay(true).on('error', () => undefined);
    hooks = plugin(connection);
    client.on('close', hooks.onClientClose ?? connection.cut);
    behind.on('close', connection.cut);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const cutAll = (): void => {
    for (const connection of [...connections]) connection.cut();
  };
  return {
    port: address.port,
    /** Returns the number of connections so far. */
    accepted: () => accepted,
    cutAll,
    /** Cuts every connection and refuses new ones until `admit`. */
    refuse: () => {
      refuses = true;
      cutAll();
    },
    admit: () => {
      refuses = false;
    },
    [Symbol.asyncDispose]: async () => {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Replaces the port in a server's URL by the proxy's. */
export function urlThrough(url: string, proxy: { readonly port: number }): string {
  const through = new URL(url);
  through.port = String(proxy.port);
  return through.href;
}
