import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import type { RedisConnection } from './open-redis.ts';

/**
 * Makes a connection write the commands that are sent in one turn of the event loop by one system call. ioredis writes
 * each by its own, and under load the writes of short commands cost more than anything else of a turn. (Its
 * auto-pipelining would gather them too, but the pipelines that it builds cost more than they save.)
 */
export function writeTogether<Connection extends RedisConnection>(connection: Connection): Connection {
  if (connection instanceof Cluster) connection.on('+node', corkWhileSending);
  else corkWhileSending(connection);
  return connection;
}

function corkWhileSending(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, ...others) => {
    const { stream } = redis;
    // There is no stream before the first connection.
    if ((stream as typeof stream | undefined)?.writableCorked === 0) {
      stream.cork();
      process.nextTick(uncork, stream);
    }
    return send(command, ...others);
  };
}

function uncork(stream: Redis['stream']): void {
  stream.uncork();
}
