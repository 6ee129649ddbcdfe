import { Cluster, Redis } from 'ioredis';
import { clusterOptions, sentinelOptions, standaloneOptions } from './connection-options.ts';
import type { ClusterTarget, SentinelTarget, StandaloneTarget } from './redis-target.ts';
import type { OnSentinelTrouble } from './sentinel-connector.ts';
import { namedEndpoint } from './tls-options.ts';

interface ServerOptions {
  readonly lazyConnect?: boolean;
  readonly autoResubscribe?: boolean;
  /** After how long to connect again; null: not at all. */
  readonly retryStrategy?: (attempt: number) => number | null;
}

/** A connection to one server. */
export function openServer(
  target: StandaloneTarget,
  commandTimeoutMs: number,
  more: ServerOptions = {},
): Redis {
  return endWhenHandshakeFails(new Redis({ ...standaloneOptions(target, commandTimeoutMs), ...more }));
}

/** A connection to the primary that the sentinels name. */
export function openBySentinel(
  target: SentinelTarget,
  commandTimeoutMs: number,
  onTrouble: OnSentinelTrouble = () => undefined,
  more: ServerOptions = {},
): Redis {
  const options = { ...sentinelOptions(target, commandTimeoutMs, onTrouble), ...more };
  return endWhenHandshakeFails(new Redis(options));
}

/** Connections to the nodes of a cluster. What goes wrong reaches the callers of commands. */
export function openCluster(
  target: ClusterTarget,
  commandTimeoutMs: number,
  more: { readonly shardedSubscribers?: boolean } = {},
): Cluster {
  const nodes = target.nodes.map((node) => namedEndpoint(node, target.tls));
  const cluster = new Cluster(nodes, { ...clusterOptions(target, commandTimeoutMs), ...more });
  // An `error` event nobody listens to would end the process.
  return cluster.on('error', () => undefined);
}

/**
 * Ends a connection in whose handshake anything fails. ioredis only tells when SELECT fails, or is not answered in time, and
 * would go on in database 0, among another deployment's data.
 */
function endWhenHandshakeFails(redis: Redis): Redis {
  return redis.on('error', () => {
    if (redis.status === 'connect') redis.disconnect(true);
  });
}
