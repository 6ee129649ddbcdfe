import { TurnkeeperError } from '../domain/errors.ts';
import type { Holder } from './ports/workflow-state-store.ts';

const soonestRetryMs = 250;
const latestRetryMs = 5_000;
const fullLineRetryMs = 1_000;

/** What a call is told that would wait for a conversation for which as many calls wait as may. */
export function lineIsFull(): TurnkeeperError<'TURN_IN_PROGRESS'> {
  return new TurnkeeperError(
    'TURN_IN_PROGRESS',
    'Too many calls wait for this conversation already. Try again once they are through.',
    { retryAfterMs: fullLineRetryMs },
  );
}

/**
 * What a call is told that found the conversation busy. A turn that has run for long is likely to run on for about as
 * long again, so that is when to try again, within bounds.
 */
export function turnInProgress(holder: Holder | null): TurnkeeperError<'TURN_IN_PROGRESS'> {
  if (holder === null) {
    return new TurnkeeperError(
      'TURN_IN_PROGRESS',
      'Another call of this conversation is next. Try again shortly.',
      { retryAfterMs: soonestRetryMs },
    );
  }
  const { turnId, heldForMs } = holder;
  const what = turnId === null ? 'An end of this conversation' : 'Another turn of this conversation';
  return new TurnkeeperError(
    'TURN_IN_PROGRESS',
    `${what} has been running for ${(heldForMs / 1000).toFixed(1)} s. Try again shortly.`,
    {
      runningForMs: heldForMs,
      retryAfterMs: Math.min(latestRetryMs, Math.max(soonestRetryMs, heldForMs)),
    },
  );
}
