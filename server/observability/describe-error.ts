import { isTurnkeeperError } from '../domain/errors.ts';
import { ConditionFailed } from '../domain/conditions.ts';

/** An error as the log has it. */
export interface DescribedError {
  readonly type: string;
  /** Of the product's own errors, whose words are fixed. */
  readonly message?: string;
  readonly code?: string;
  /** The frames only. */
  readonly stack?: string;
  readonly cause?: DescribedError;
}

const deepest = 5;

/**
 * Describes an error that nobody foresaw, for the log. Its class, its code and its frames lead to the line that threw it.
 * Its message is left out, because it may quote a user, an agent or a secret: that of `JSON.parse` does (Trust).
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: `a thrown ${typeof error}` };
  const isOurs = error instanceof ConditionFailed || isTurnkeeperError(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const stack = framesOf(error);
  return {
    type: wordOr(error.name, 'Error'),
    ...(isOurs ? { message: error.message } : {}),
    ...(/^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? { code } : {}),
    ...(stack === '' ? {} : { stack }),
    ...(error.cause === undefined || depth >= deepest
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Lines that name a place in the code. A message of several lines could look like them, so it is taken out first. */
function framesOf({ stack = '', message, cause }: Error): string {
  const quoted = [message, cause instanceof Error ? cause.message : ''].filter((words) => words !== '');
  const bare = quoted.reduce((text, words) => text.replaceAll(words, ''), stack);
  return bare
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .join('\n');
}

/** A class can name itself anything. */
function wordOr(name: string, otherwise: string): string {
  return /^\w{1,60}$/.test(name) ? name : otherwise;
}
