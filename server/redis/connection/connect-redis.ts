import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { followSuccessor } from './follow-successor.ts';
import { openBySentinel, openCluster, openServer } from './open-redis.ts';
import type { RedisConnection } from './open-redis.ts';
import { Reachability, refuseWithReason } from './reachability.ts';
import type { OnReachability } from './reachability.ts';
import { describeRedisError } from './redis-errors.ts';
import { writeTogether } from './write-together.ts';
import type { ClusterTarget, RedisEndpoint, RedisTarget } from './redis-target.ts';

interface RedisConnectionOptions {
  readonly target: RedisTarget;
  /** The time that one command has, in milliseconds: nothing else bounds a Redis that hangs. */
  readonly commandTimeoutMs: number;
  readonly onChange: OnReachability;
  /** Called when the address leads to another server by now, to which the connection then goes. */
  readonly onMoved?: () => void;
}

/**
 * A connection that fails commands at once when Redis is gone (I6), and says why, where ioredis would queue and retry them
 * by default; and that comes back soon after Redis does. It connects by itself; `ready` need not be waited for.
 */
export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  return writeTogether(connect(options));
}

function connect(options: RedisConnectionOptions): RedisConnection {
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

/** Waits for the first connection, or the first sign that there is none. Returns whether it is connected. */
export async function firstConnection(connection: RedisConnection): Promise<boolean> {
  const isReady = connection.status === 'ready' || (await firstSign(connection));
  // A Cluster is ready once its slots are known. Its primaries are connected here, before many commands come at once.
  if (isReady && connection instanceof Cluster)
    await Promise.allSettled(connection.nodes('master').map((primary) => primary.ping()));
  return isReady;
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

/**
 * Closes a connection; commands under way fail. When a connection is closed in the midst of the TLS handshake, Node may
 * emit two errors: ioredis listens to one, and the other would end the process.
 */
export function closeConnection(connection: RedisConnection): void {
  const nodes = connection instanceof Cluster ? connection.nodes() : [connection];
  // There is no stream before the first attempt to connect.
  const streams: (Redis['stream'] | undefined)[] = nodes.map(({ stream }) => stream);
  for (const stream of streams) stream?.on('error', () => undefined);
  connection.disconnect();
}

/** Asks the listed nodes of an unusable cluster why it can't be used; nodes with the same reason are named together. */
async function diagnoseCluster(target: ClusterTarget, commandTimeoutMs: number): Promise<string> {
  const nodesByReason = new Map<string, Set<string>>();
  await Promise.all(
    target.nodes.map(async (node) => {
      const reason = await diagnoseNode(node, target, commandTimeoutMs);
      const nodes = nodesByReason.get(reason) ?? new Set();
      nodesByReason.set(reason, nodes.add(`${node.host}:${node.port}`));
    }),
  );
  return [...nodesByReason]
    .map(([reason, nodes]) => `${[...nodes].sort().join(', ')}: ${reason}`)
    .sort()
    .join('; ');
}

async function diagnoseNode(
  endpoint: RedisEndpoint,
  { credentials, tls }: ClusterTarget,
  commandTimeoutMs: number,
): Promise<string> {
  const target = { kind: 'standalone', endpoint, credentials, db: 0, tls } as const;
  const node = openServer(target, commandTimeoutMs, { lazyConnect: true, retryStrategy: () => null });
  const errors: unknown[] = [];
  node.on('error', (error: unknown) => errors.push(error));
  try {
    await node.connect();
    const info = await node.cluster('INFO');
    await node.cluster('SLOTS');
    return info.includes('cluster_state:ok')
      ? 'it answers, but no node that it names can be reached'
      : 'the cluster misses a part of its slots (cluster_state is not ok)';
  } catch (error) {
    // The first error says more than those that follow from it.
    return describeRedisError(errors[0] ?? error);
  } finally {
    node.disconnect();
  }
}
