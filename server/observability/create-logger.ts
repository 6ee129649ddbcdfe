import { pino } from 'pino';
import type { Level, Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';

type LogLevel = Level | 'silent';

interface LoggerOptions {
  readonly level: LogLevel;
  /** Readable lines instead of JSON. */
  readonly isPretty: boolean;
}

// Bytes of lines that are kept while the output takes no more, because its disk is full.
const keptBytes = 1_048_576;

/**
 * Creates the log on standard output: one JSON object a line, or readable lines on a terminal. Lines that can't be
 * written are dropped: a full disk must not end the server.
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
