import { Cluster } from 'ioredis';
import type { Command } from 'ioredis';
import type { RedisConnection } from './redis-connection.ts';

/** Sent by ioredis itself before a connection is ready, and by nobody else then. */
const handshake = new Set(['hello', 'auth', 'select', 'info', 'client', 'readonly', 'cluster']);

/**
 * Refuses commands while there is no connection with why there is none; ioredis says only that its stream isn't writable.
 */
export function refuseWithReason<Connection extends RedisConnection>(
  connection: Connection,
  reason: () => string,
): Connection {
  const isRefused = ({ name }: Command): boolean =>
    connection.status !== 'ready' && !(connection.status === 'connect' && handshake.has(name));
  const refuse = (command: Command): Promise<unknown> => {
    command.reject(new Error(reason()));
    return command.promise;
  };
  if (connection instanceof Cluster) {
    const send = connection.sendCommand.bind(connection);
    connection.sendCommand = (command, ...others) =>
      isRefused(command) ? refuse(command) : send(command, ...others);
  } else {
    const send = connection.sendCommand.bind(connection);
    connection.sendCommand = (command, ...others) =>
      isRefused(command) ? refuse(command) : send(command, ...others);
  }
  return connection;
}
