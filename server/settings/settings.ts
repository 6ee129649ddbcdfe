import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { RedisTarget } from '../redis/connection/redis-target.ts';
import { agentSettingsOf } from './agent-settings.ts';
import type { variables } from './variables.ts';

const shippedWorkflowsDir = fileURLToPath(new URL('../../workflows', import.meta.url));

type Values = z.output<typeof variables>;

/** What the environment says, complete with defaults; see `variables` for what each means. */
export type Settings = ReturnType<typeof settingsOf>;

/** Gives the variables the names and units that the code uses. */
export function settingsOf(values: Values) {
  return {
    isProduction: values.NODE_ENV === 'production',
    port: values.PORT,
    host: values.HOST,
    /** Null: nobody knows the server by another name than its host's. */
    publicUrl: values.PUBLIC_URL ?? null,
    /** Null: the server starts a Redis of its own. */
    redis: values.REDIS_URL === undefined ? null : redisOf(values.REDIS_URL, values),
    /** Empty: leases are kept by the Redis that keeps the state, alone. */
    redisLockMasters: (values.REDIS_LOCK_URLS ?? []).map((master) => withTls(master, values)),
    redisWaitReplicas: values.REDIS_WAIT_REPLICAS,
    /** The first makes new digests of inputs, any of them compares; empty where none is set. */
    digestSecrets: values.DIGEST_SECRET ?? [],
    redisPrefix: values.REDIS_PREFIX,
    redisCommandTimeoutMs: values.REDIS_COMMAND_TIMEOUT_MS,
    workflowTtlSeconds: values.WORKFLOW_TTL_SECONDS,
    workflowsDir: values.WORKFLOWS_DIR ?? shippedWorkflowsDir,
    agent: agentSettingsOf(values),
    authMode: values.AUTH_MODE,
    logLevel: values.LOG_LEVEL,
    corsOrigins: values.CORS_ORIGINS ?? [],
    authTimeoutMs: values.AUTH_TIMEOUT_MS,
    /** Whether errors show their stack and cause. */
    showsErrorCauses: values.SHOW_ERROR_CAUSES === 'true',
    imageHosts: values.IMAGE_HOSTS ?? [],
    turnTimeoutMs: values.TURN_TIMEOUT_MS,
    lockTtlMs: values.LOCK_TTL_MS,
    turnWaitMaxMs: values.TURN_WAIT_MAX_MS,
    shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
    contextMaxChars: values.CONTEXT_MAX_CHARS,
    maxBodyBytes: values.MAX_BODY_BYTES,
    keepAliveMs: values.HTTP_KEEP_ALIVE_MS,
    maxConnections: values.MAX_CONNECTIONS,
    maxTurnsInFlight: values.MAX_TURNS_IN_FLIGHT,
    maxTurnsWaiting: values.MAX_TURNS_WAITING,
    maxTurnsWaitingPerConversation: values.MAX_TURNS_WAITING_PER_CONVERSATION,
    maxWatchers: values.MAX_WATCHERS,
    maxWatchersPerUser: values.MAX_WATCHERS_PER_USER,
    watchStallMs: values.WATCH_STALL_MS,
    transcriptMaxTurns: values.TRANSCRIPT_MAX_TURNS,
    dataDir: values.TURNKEEPER_DATA_DIR,
  } as const;
}

function redisOf(target: RedisTarget, values: Values): RedisTarget {
  const secured = withTls(target, values);
  if (secured.kind !== 'sentinel') return secured;
  const username = values.REDIS_SENTINEL_USERNAME ?? null;
  return { ...secured, sentinelCredentials: { username, password: values.REDIS_SENTINEL_PASSWORD ?? null } };
}

function withTls<Target extends RedisTarget>(target: Target, values: Values): Target {
  if (target.tls === null) return target;
  const { REDIS_TLS_CA_FILE: ca, REDIS_TLS_CERT_FILE: cert, REDIS_TLS_KEY_FILE: key } = values;
  return { ...target, tls: { ca: ca ?? null, cert: cert ?? null, key: key ?? null } };
}
