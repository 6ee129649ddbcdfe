import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { diagnoseCluster } from './diagnose-cluster.ts';
import { followSuccessor } from './follow-successor.ts';
import { openBySentinel, openCluster, openServer } from './open-redis.ts';
import { Reachability } from './reachability.ts';
import type { OnReachability } from './reachability.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisTarget } from './redis-target.ts';
import { refuseWithReason } from './refuse-with-reason.ts';

interface RedisConnectionOptions {
  readonly target: RedisTarget;
  /** How long one command may take, in milliseconds: nothing else bounds a Redis that hangs. */
  readonly commandTimeoutMs: number;
  readonly onChange: OnReachability;
  /** Told when the address leads to another server by now, which the connection then goes to. */
  readonly onMoved?: () => void;
}

/**
 * A connection that says at once when Redis is gone (I6), and why, instead of queueing and retrying, as ioredis does by
 * default, and that comes back soon after Redis does. It connects by itself; `ready` need not be waited for.
 */
export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  const { target, commandTimeoutMs, onChange, onMoved = () => undefined } = options;
  const reachability = new Reachability(target, onChange);
  const trouble = (): string => reachability.trouble;
  switch (target.kind) {
    case 'standalone': {
      const redis = refuseWithReason(openServer(target, commandTimeoutMs), trouble);
      reachability.follow(redis);
      followSuccessor(redis, { target, commandTimeoutMs, onMoved });
      return redis;
    }
    case 'sentinel': {
      const onTrouble = (address: string, reason: string): void =>
        reachability.sentinelTrouble(address, reason);
      const redis = refuseWithReason(openBySentinel(target, commandTimeoutMs, onTrouble), trouble);
      reachability.follow(redis);
      return redis;
    }
    case 'cluster': {
      const cluster = refuseWithReason(openCluster(target, commandTimeoutMs), trouble);
      reachability.followCluster(cluster, () => diagnoseCluster(target, commandTimeoutMs));
      return cluster;
    }
  }
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
