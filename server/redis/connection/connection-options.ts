import type { RedisOptions } from 'ioredis';
import { saysReplica } from './describe-redis-error.ts';
import type { ClusterTarget, RedisCredentials, SentinelTarget, StandaloneTarget } from './redis-target.ts';
import { sentinelConnector } from './sentinel-connector.ts';
import type { OnSentinelTrouble } from './sentinel-connector.ts';
import { endpointOfKey, namedEndpoint, serverName, tlsMaterial } from './tls-options.ts';

const firstReconnectDelayMs = 10;
const longestReconnectDelayMs = 500;

/** How often a Cluster is asked for its slots: who only listens finds a promoted replica by this, where the primary hangs. */
const slotsRefreshMs = 1_000;
/** Connecting is several round trips, of a process that may have stalled. */
const shortestConnectTimeoutMs = 1_000;

/**
 * How often, and how long apart, a command is tried again that met a node which was just being connected, or was gone.
 * Together well below a command's time; a failover takes longer, and is left to the caller's retries.
 */
const mostRedirections = 3;
const redirectionDelayMs = 50;

export function standaloneOptions(
  { endpoint, credentials, db, tls }: StandaloneTarget,
  commandTimeoutMs: number,
) {
  return {
    ...namedEndpoint(endpoint, tls),
    db,
    ...loginOptions(credentials),
    ...nodeOptions(commandTimeoutMs),
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
  } satisfies RedisOptions;
}

export function sentinelOptions(
  target: SentinelTarget,
  commandTimeoutMs: number,
  onSentinelTrouble: OnSentinelTrouble,
) {
  const { sentinels, primaryName, credentials, sentinelCredentials, db, tls } = target;
  const { connectTimeout, disconnectTimeout, ...others } = nodeOptions(commandTimeoutMs);
  const connection = {
    sentinels: [...sentinels],
    name: primaryName,
    role: 'master',
    updateSentinels: true,
    sentinelUsername: sentinelCredentials.username ?? undefined,
    sentinelPassword: sentinelCredentials.password ?? undefined,
    sentinelCommandTimeout: commandTimeoutMs,
    // Without one that always says when, ioredis gives up for good once no sentinel answers.
    sentinelRetryStrategy: reconnectDelayMs,
    tls: tls === null ? undefined : tlsMaterial(tls),
    enableTLSForSentinelMode: tls !== null,
    // ioredis adds what this returns to the TLS options of the primary's connection.
    natMap: (key: string) => {
      const endpoint = endpointOfKey(key);
      return { ...endpoint, ...serverName(endpoint.host) };
    },
    ...{ connectTimeout, disconnectTimeout },
  } satisfies RedisOptions;
  return {
    ...connection,
    Connector: sentinelConnector(connection, tls, onSentinelTrouble),
    db,
    ...loginOptions(credentials),
    ...others,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    // So answers a primary that was demoted: the next connection goes to the one that the sentinels name by now.
    reconnectOnError: saysReplica,
  } satisfies RedisOptions;
}

export function clusterOptions({ credentials, tls }: ClusterTarget, commandTimeoutMs: number) {
  return {
    redisOptions: { ...loginOptions(credentials), ...nodeOptions(commandTimeoutMs) },
    // Looked up by ioredis itself, a host name would be lost before TLS can check the certificate against it.
    dnsLookup: (host: string, found: (error: null, address: string) => void) => found(null, host),
    // Each node that the cluster names gets the TLS options of its own host.
    natMap: (key: string) => namedEndpoint(endpointOfKey(key), tls),
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    maxRedirections: mostRedirections,
    retryDelayOnFailover: redirectionDelayMs,
    retryDelayOnTryAgain: redirectionDelayMs,
    // A failover outlasts any command.
    retryDelayOnClusterDown: 0,
    slotsRefreshTimeout: commandTimeoutMs,
    slotsRefreshInterval: slotsRefreshMs,
  };
}

/**
 * ioredis waits up to 5 s by default; so long after Redis is back callers would still be refused. The first attempt comes
 * almost at once: it follows a connection that was good, and was perhaps given up for a better one.
 */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt === 1 ? firstReconnectDelayMs : 50 * (attempt - 1), longestReconnectDelayMs);
}

/** How a connection to any one Redis process behaves (I6): it says at once, or soon, that the process is gone or hangs. */
function nodeOptions(commandTimeoutMs: number) {
  return {
    commandTimeout: commandTimeoutMs,
    // Nobody waits for it: a call fails at once while there is no connection. Cut short, a slow one would never be made.
    connectTimeout: Math.max(commandTimeoutMs, shortestConnectTimeoutMs),
    // Nothing but a dead peer leaves all commands unanswered so long. Where the machine behind a connection is gone
    // nobody closes it, and the kernel takes a quarter of an hour to give it up.
    socketTimeout: 2 * commandTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 0,
    // It would send CLIENT SETINFO, which Redis 7.0 does not know and an ACL user would have to be allowed.
    disableClientInfo: true,
    // Measured slower for turns, which are two short round trips.
    enableAutoPipelining: false,
  } satisfies RedisOptions;
}

function loginOptions({ username, password }: RedisCredentials) {
  return { username: username ?? undefined, password: password ?? undefined } satisfies RedisOptions;
}
