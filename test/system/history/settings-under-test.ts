/** All in milliseconds. */
export interface SettingsUnderTest {
  readonly lockTtlMs: number;
  readonly commandTimeoutMs: number;
  readonly turnTimeoutMs: number;
  readonly turnWaitMaxMs: number;
}

/** Short times, so that a lease runs out, and a turn is given up, many times in one run. */
export const settingsUnderTest: SettingsUnderTest = {
  lockTtlMs: 1_200,
  commandTimeoutMs: 200,
  turnTimeoutMs: 2_500,
  turnWaitMaxMs: 3_000,
};

export const keyPrefix = 'history';

/** The product's environment variables that say so. */
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
    // Nothing may be trimmed: the transcript is what the answers are checked against.
    TRANSCRIPT_MAX_TURNS: '1000000',
  };
}
