import { pino } from 'pino';
import type { Level, Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';

type LogLevel = Level | 'silent';

interface LoggerOptions {
  readonly level: LogLevel;
  /** Lines for people rather than for machines. */
  readonly isPretty: boolean;
}

// Of lines that can't be written now, where the disk behind the output is full.
const keptBytes = 1_048_576;

/**
 * The log, on standard output: one JSON object a line, or readable lines on a terminal. Where it can't be written any more,
 * its lines are dropped; that must not end the server.
 */
export function createLogger({ level, isPretty }: LoggerOptions): Logger {
  const options = { level, base: null };
  const output = pino.destination({ dest: 1, sync: true, maxLength: keptBytes });
  output.on('error', () => undefined);
  if (!isPretty) return pino(options, output);
  return pino(
    options,
    PinoPretty({ destination: output, singleLine: true, ignore: 'event', translateTime: 'SYS:HH:MM:ss' }),
  );
}
