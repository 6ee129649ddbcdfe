import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import { saysReplica } from './redis-errors.ts';
import type {
  ClusterTarget,
  RedisCredentials,
  RedisEndpoint,
  SentinelTarget,
  StandaloneTarget,
  TlsMaterial,
} from './redis-target.ts';

/** An endpoint, and how TLS is spoken there; undefined: not at all. */
interface NamedEndpoint extends RedisEndpoint {
  readonly tls: ConnectionOptions | undefined;
}

const firstReconnectDelayMs = 10;
const longestReconnectDelayMs = 500;

/** Time between requests for the slots of a Cluster: a connection that only listens finds a promoted replica by them. */
const slotsRefreshMs = 1_000;
/** Connecting takes several round trips, from a process that may have stalled. */
const shortestConnectTimeoutMs = 1_000;

/**
 * A command that meets a node which is gone, or just being connected, is tried again so often, so long apart. Together that
 * is well below a command's time; a failover takes longer, and is left to the caller's retries.
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

export function sentinelOptions(target: SentinelTarget, commandTimeoutMs: number) {
  const { sentinels, primaryName, credentials, sentinelCredentials, db, tls } = target;
  return {
    sentinels: [...sentinels],
    name: primaryName,
    role: 'master',
    updateSentinels: true,
    sentinelUsername: sentinelCredentials.username ?? undefined,
    sentinelPassword: sentinelCredentials.password ?? undefined,
    sentinelCommandTimeout: commandTimeoutMs,
    // It always names a delay: given none, ioredis gives up for good once no sentinel answers.
    sentinelRetryStrategy: reconnectDelayMs,
    tls: tls === null ? undefined : tlsMaterial(tls),
    enableTLSForSentinelMode: tls !== null,
    // ioredis adds what this returns to the TLS options of the primary's connection.
    natMap: (key: string) => {
      const endpoint = endpointOfKey(key);
      return { ...endpoint, ...serverName(endpoint.host) };
    },
    db,
    ...loginOptions(credentials),
    ...nodeOptions(commandTimeoutMs),
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    // A demoted primary answers so: the next connection goes to the primary that the sentinels name by now.
    reconnectOnError: saysReplica,
  } satisfies RedisOptions;
}

export function clusterOptions({ credentials, tls }: ClusterTarget, commandTimeoutMs: number) {
  return {
    redisOptions: { ...loginOptions(credentials), ...nodeOptions(commandTimeoutMs) },
    // If ioredis looked a host name up itself, TLS could no longer check the certificate against it.
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
 * ioredis waits up to 5 s by default, and would refuse callers for so long after Redis is back. The first attempt comes
 * almost at once: it follows a connection that was good, and was perhaps given up for a better one.
 */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt === 1 ? firstReconnectDelayMs : 50 * (attempt - 1), longestReconnectDelayMs);
}

/** Options of a connection to one Redis process: it fails at once, or soon, when the process is gone or hangs (I6). */
function nodeOptions(commandTimeoutMs: number) {
  return {
    commandTimeout: commandTimeoutMs,
    // Nobody waits for it, since a call without a connection fails at once. Cut short, a slow connection would never be made.
    connectTimeout: Math.max(commandTimeoutMs, shortestConnectTimeoutMs),
    // Only a dead peer leaves all commands unanswered so long. When its machine is gone nobody closes the connection, and
    // the kernel takes a quarter of an hour to give it up.
    socketTimeout: 2 * commandTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 0,
    // ioredis would send CLIENT SETINFO, which Redis 7.0 does not know and which an ACL user would have to be allowed.
    disableClientInfo: true,
    // Measured slower for turns, which are two short round trips.
    enableAutoPipelining: false,
  } satisfies RedisOptions;
}

function loginOptions({ username, password }: RedisCredentials) {
  return { username: username ?? undefined, password: password ?? undefined } satisfies RedisOptions;
}

/** An endpoint with the TLS options of its own host: options shared by several hosts would name the wrong one. */
export function namedEndpoint({ host, port }: RedisEndpoint, tls: TlsMaterial | null): NamedEndpoint {
  return { host, port, tls: tls === null ? undefined : { ...tlsMaterial(tls), ...serverName(host) } };
}

function tlsMaterial({ ca, cert, key }: TlsMaterial): ConnectionOptions {
  return { ca: ca ?? undefined, cert: cert ?? undefined, key: key ?? undefined };
}

/**
 * The name that the TLS handshake tells the other side (SNI, RFC 6066), by which a router or a server with several
 * certificates chooses. Node sends none unless it is told; an IP address is no such name.
 */
function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

/**
 * Reads ioredis's key of a node, `host:port`.
 * @throws Error when it is none
 */
function endpointOfKey(key: string): RedisEndpoint {
  const [, host, port] = /^(.*):(\d+)$/.exec(key) ?? [];
  if (host === undefined || port === undefined) throw new Error('a node of Redis has no address');
  return { host, port: Number(port) };
}
