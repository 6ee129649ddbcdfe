import type { RedisOptions } from 'ioredis';
import type {
  ClusterTarget,
  RedisCredentials,
  SentinelTarget,
  StandaloneTarget,
  TlsMaterial,
} from './redis-target.ts';

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
    ...endpoint,
    db,
    ...loginOptions(credentials, tls),
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
    db,
    ...loginOptions(credentials, tls),
    sentinelUsername: sentinelCredentials.username ?? undefined,
    sentinelPassword: sentinelCredentials.password ?? undefined,
    sentinelTLS: tls === null ? undefined : tlsOptions(tls),
    enableTLSForSentinelMode: tls !== null,
    ...nodeOptions(commandTimeoutMs),
    sentinelCommandTimeout: commandTimeoutMs,
    // Without one that always says when, ioredis gives up for good once no sentinel answers.
    sentinelRetryStrategy: reconnectDelayMs,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    // So answers a primary that was demoted: the next connection goes to the one that the sentinels name by now.
    reconnectOnError: (error: Error) => /^(READONLY|UNBLOCKED)/.test(error.message),
  } satisfies RedisOptions;
}

export function clusterOptions({ credentials, tls }: ClusterTarget, commandTimeoutMs: number) {
  return {
    redisOptions: { ...loginOptions(credentials, tls), ...nodeOptions(commandTimeoutMs) },
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

/** ioredis waits up to 5 s by default; so long after Redis is back callers would still be refused. */
function reconnectDelayMs(attempt: number): number {
  return Math.min(50 * attempt, longestReconnectDelayMs);
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

function loginOptions({ username, password }: RedisCredentials, tls: TlsMaterial | null) {
  return {
    username: username ?? undefined,
    password: password ?? undefined,
    tls: tls === null ? undefined : tlsOptions(tls),
  } satisfies RedisOptions;
}

function tlsOptions({ ca, cert, key }: TlsMaterial) {
  return { ca: ca ?? undefined, cert: cert ?? undefined, key: key ?? undefined };
}
