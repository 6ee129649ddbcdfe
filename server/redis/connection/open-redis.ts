import { Cluster, Redis, SentinelConnector } from 'ioredis';
import type { SentinelConnectionOptions } from 'ioredis';
import { clusterOptions, namedEndpoint, sentinelOptions, standaloneOptions } from './connection-options.ts';
import { describeRedisError } from './redis-errors.ts';
import type {
  ClusterTarget,
  RedisEndpoint,
  SentinelTarget,
  StandaloneTarget,
  TlsMaterial,
} from './redis-target.ts';

/** A Redis as its users see it: one server (alone, or behind Sentinel), or a cluster. */
export type RedisConnection = Redis | Cluster;

/** Called with the address of one sentinel, and what is wrong with it. */
type OnSentinelTrouble = (address: string, reason: string) => void;

interface ServerOptions {
  readonly lazyConnect?: boolean;
  readonly autoResubscribe?: boolean;
  /** Returns the delay until the next attempt to connect, in milliseconds; null for no further attempt. */
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
  const options = sentinelOptions(target, commandTimeoutMs);
  const Connector = sentinelConnector(options, target.tls, onTrouble);
  return endWhenHandshakeFails(new Redis({ ...options, Connector, ...more }));
}

/** Connections to the nodes of a cluster. An error reaches the callers of commands. */
export function openCluster(
  target: ClusterTarget,
  commandTimeoutMs: number,
  more: { readonly shardedSubscribers?: boolean } = {},
): Cluster {
  const nodes = target.nodes.map((node) => namedEndpoint(node, target.tls));
  const cluster = new Cluster(nodes, { ...clusterOptions(target, commandTimeoutMs), ...more });
  // An `error` event that nobody listens to would end the process.
  return cluster.on('error', () => undefined);
}

/**
 * Ends a connection in whose handshake anything fails. When SELECT fails, or is not answered in time, ioredis only reports
 * it and would go on in database 0, among another deployment's data.
 */
function endWhenHandshakeFails(redis: Redis): Redis {
  return redis.on('error', () => {
    if (redis.status === 'connect') redis.disconnect(true);
  });
}

/**
 * ioredis's connector, except for its connections to the sentinels themselves. ioredis gives all of them the same TLS
 * options, but each needs the name of its own host; and it drops their errors, which say why no sentinel answers.
 */
function sentinelConnector(
  options: SentinelConnectionOptions,
  tls: TlsMaterial | null,
  onTrouble: OnSentinelTrouble,
) {
  return class NamingSentinelConnector extends SentinelConnector {
    constructor() {
      super(options);
      // The method is private to ioredis's types, so it can only be replaced at run time.
      Object.assign(this, {
        connectToSentinel: (address: RedisEndpoint): Redis => {
          const sentinel = new Redis({
            ...namedEndpoint(address, tls),
            username: options.sentinelUsername,
            password: options.sentinelPassword,
            connectTimeout: options.connectTimeout,
            commandTimeout: options.sentinelCommandTimeout,
            // A sentinel is asked once; its command's error tells what went wrong.
            enableReadyCheck: false,
            retryStrategy: null,
            disableClientInfo: true,
          });
          sentinel.on('error', (error: unknown) =>
            onTrouble(`${address.host}:${address.port}`, describeRedisError(error)),
          );
          return sentinel;
        },
      });
    }
  };
}
