import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { variables } from './variables.ts';

const shippedWorkflowsDir = fileURLToPath(new URL('../../workflows', import.meta.url));

/** What the environment says, complete with defaults; see `variables` for what each means. */
export type Settings = ReturnType<typeof settingsOf>;

/** Gives the variables the names and units that the code uses. */
export function settingsOf(values: z.output<typeof variables>) {
  return {
    isProduction: values.NODE_ENV === 'production',
    /** Whether errors may show their stack and cause. */
    isDevelopment: values.NODE_ENV === 'development',
    port: values.PORT,
    host: values.HOST,
    /** Null: the server starts a Redis of its own. */
    redisUrl: values.REDIS_URL ?? null,
    redisPrefix: values.REDIS_PREFIX,
    redisCommandTimeoutMs: values.REDIS_COMMAND_TIMEOUT_MS,
    workflowTtlSeconds: values.WORKFLOW_TTL_SECONDS,
    workflowsDir: values.WORKFLOWS_DIR ?? shippedWorkflowsDir,
    agentProvider: values.AGENT_PROVIDER,
    authMode: values.AUTH_MODE,
    logLevel: values.LOG_LEVEL,
    corsOrigins: values.CORS_ORIGINS ?? [],
    turnTimeoutMs: values.TURN_TIMEOUT_MS,
    lockTtlMs: values.LOCK_TTL_MS,
    shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
    contextMaxChars: values.CONTEXT_MAX_CHARS,
    maxBodyBytes: values.MAX_BODY_BYTES,
    maxTurnsInFlight: values.MAX_TURNS_IN_FLIGHT,
    transcriptMaxTurns: values.TRANSCRIPT_MAX_TURNS,
    dataDir: values.TURNKEEPER_DATA_DIR,
  } as const;
}
