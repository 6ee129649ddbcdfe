import { Cluster, Redis } from 'ioredis';
import { clusterOptions, sentinelOptions, standaloneOptions } from './connection-options.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisTarget } from './redis-target.ts';

interface RedisConnectionOptions {
  readonly target: RedisTarget;
  /** How long one command may take, in milliseconds: nothing else bounds a Redis that hangs. */
  readonly commandTimeoutMs: number;
  /** Told once each time that the connection is lost, or can't be made, and once each time that it is there. */
  readonly onChange: (isReachable: boolean) => void;
}

/**
 * A connection that says at once when Redis is gone (I6), instead of queueing and retrying, as ioredis does by default,
 * and that comes back soon after Redis does. It connects by itself; `ready` need not be waited for.
 */
export function connectRedis({
  target,
  commandTimeoutMs,
  onChange,
}: RedisConnectionOptions): RedisConnection {
  const connection = open(target, commandTimeoutMs);
  let wasReachable: boolean | null = null;
  const tell = (isReachable: boolean): void => {
    if (wasReachable !== isReachable) onChange(isReachable);
    wasReachable = isReachable;
  };
  connection.on('ready', () => tell(true)).on('close', () => tell(false));
  // What went wrong reaches the callers of commands; an `error` event nobody listens to would end the process. Where no
  // sentinel answers there is no connection that could close, and this is the only sign of it.
  connection.on('error', () => {
    if (connection.status !== 'ready') tell(false);
  });
  return connection;
}

/** Waits for the first connection, or the first sign that there is none; which it was. */
export async function firstConnection(connection: RedisConnection): Promise<boolean> {
  const isReady = connection.status === 'ready' || (await firstSign(connection));
  // A Cluster is ready once its slots are known. Its primaries are connected here, before many commands come at once.
  if (isReady && connection instanceof Cluster)
    await Promise.allSettled(connection.nodes('master').map((primary) => primary.ping()));
  return isReady;
}

/**
 * Lets go of a connection. Commands under way fail. Of a connection that is closed in the midst of TLS's handshake Node may
 * tell two errors; ioredis listens to one, and the other would end the process.
 */
export function closeConnection(connection: RedisConnection): void {
  const nodes = connection instanceof Cluster ? connection.nodes() : [connection];
  // There is none before the first attempt to connect.
  const streams: (Redis['stream'] | undefined)[] = nodes.map(({ stream }) => stream);
  for (const stream of streams) stream?.on('error', () => undefined);
  connection.disconnect();
}

function open(target: RedisTarget, commandTimeoutMs: number): RedisConnection {
  switch (target.kind) {
    case 'standalone':
      return new Redis(standaloneOptions(target, commandTimeoutMs));
    case 'sentinel':
      return new Redis(sentinelOptions(target, commandTimeoutMs));
    case 'cluster':
      return new Cluster([...target.nodes], clusterOptions(target, commandTimeoutMs));
  }
}

async function firstSign(connection: RedisConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isReady: boolean) => (): void => {
      connection.off('ready', ready).off('close', gone).off('error', gone);
      resolve(isReady);
    };
    const ready = settle(true);
    const gone = settle(false);
    connection.once('ready', ready).once('close', gone).once('error', gone);
  });
}
