import { TurnkeeperError } from '../../domain/errors.ts';
import { describeRedisError } from './describe-redis-error.ts';

const retryAfterMs = 1_000;

/**
 * What every caller of a Redis that is gone, hangs or refuses is told (I6). Of the cause only the message is kept: an
 * error of ioredis carries the command's arguments, which are what people wrote (docs/architecture.md, Trust).
 */
export function storeUnavailable(cause: unknown): TurnkeeperError<'STATE_STORE_UNAVAILABLE'> {
  return new TurnkeeperError(
    'STATE_STORE_UNAVAILABLE',
    "The state store can't be reached or did not answer in time. Try again shortly.",
    { cause: new Error(describeRedisError(cause)), retryAfterMs },
  );
}
