import type { Connection } from './connection.ts';

const connections = new WeakMap<object, Connection>();

/** Keeps a client's connection for the hooks, which go to the server through it; it is none of the client's callers' business. */
export function keepConnection<Client extends object>(client: Client, connection: Connection): Client {
  connections.set(client, connection);
  return client;
}

export function connectionOf(client: object): Connection {
  const connection = connections.get(client);
  if (connection !== undefined) return connection;
  throw new TypeError('This is no client that createTurnkeeperClient has made.');
}
