import { pino } from 'pino';
import type { Level, Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';

type LogLevel = Level | 'silent';

interface LoggerOptions {
  readonly level: LogLevel;
  /** Lines for people rather than for machines. */
  readonly isPretty: boolean;
}

/** The log, on standard output: one JSON object a line, or readable lines on a terminal. */
export function createLogger({ level, isPretty }: LoggerOptions): Logger {
  const options = { level, base: null };
  if (!isPretty) return pino(options);
  return pino(
    options,
    PinoPretty({ sync: true, singleLine: true, ignore: 'event', translateTime: 'SYS:HH:MM:ss' }),
  );
}
