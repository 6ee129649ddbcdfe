/** Times are in milliseconds. */
export interface SettingsUnderTest {
  readonly lockTtlMs: number;
  readonly commandTimeoutMs: number;
  readonly turnTimeoutMs: number;
  readonly turnWaitMaxMs: number;
  readonly transcriptMaxTurns: number;
}

/** Short times, so that leases expire and turns time out many times in one run. */
export const settingsUnderTest: SettingsUnderTest = {
  lockTtlMs: 1_200,
  commandTimeoutMs: 200,
  turnTimeoutMs: 2_500,
  turnWaitMaxMs: 3_000,
  // No turn may be trimmed: the checker compares the answers with the transcript.
  transcriptMaxTurns: 1_000_000,
};

export const keyPrefix = 'history';

/** Returns the product's environment variables for these settings. */
export function environmentOf(settings: SettingsUnderTest): Record<string, string> {
  return {
    NODE_ENV: 'test',
    REDIS_PREFIX: keyPrefix,
    LOG_LEVEL: 'debug',
    LOCK_TTL_MS: String(settings.lockTtlMs),
    REDIS_COMMAND_TIMEOUT_MS: String(settings.commandTimeoutMs),
    TURN_TIMEOUT_MS: String(settings.turnTimeoutMs),
    TURN_WAIT_MAX_MS: String(settings.turnWaitMaxMs),
    SHUTDOWN_GRACE_MS: '4000',
    TRANSCRIPT_MAX_TURNS: String(settings.transcriptMaxTurns),
  };
}
