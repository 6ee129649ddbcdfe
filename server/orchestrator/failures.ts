/**
 * The failures of a call, in one place: the error that its caller gets, and its cause as the log has it.
 *
 * The messages are safe to show (see TurnkeeperError). Each says whether something was stored, because that decides
 * whether the caller sends the call again.
 */
import { AgentFailure } from '../answer/agent-failure.ts';
import { TurnkeeperError, isTurnkeeperError } from '../domain/errors.ts';
import { ConditionFailed } from '../domain/conditions.ts';
import type { LimitReached } from './ports/usage-limits.ts';
import type { Holder } from './ports/workflow-state-store.ts';

/** The conversation never existed, was forgotten, or belongs to somebody else: callers can't tell which (I8). */
export function notFound(): TurnkeeperError<'WORKFLOW_NOT_FOUND'> {
  return new TurnkeeperError('WORKFLOW_NOT_FOUND', 'There is no such conversation. It may have expired.');
}

export function nothingToUndo(): TurnkeeperError<'NOTHING_TO_UNDO'> {
  return new TurnkeeperError(
    'NOTHING_TO_UNDO',
    'There is no change to take back: no turn has changed anything, or the last change is too long ago.',
  );
}

/** The lease went to another call, or expired. */
export function leaseLost(): TurnkeeperError<'LEASE_LOST'> {
  return new TurnkeeperError(
    'LEASE_LOST',
    'This call lost its hold on the conversation. Nothing of it was stored; send it again.',
  );
}

/** Another call interrupted this turn, or end. */
export function turnInterrupted(): TurnkeeperError<'TURN_INTERRUPTED'> {
  return new TurnkeeperError(
    'TURN_INTERRUPTED',
    'Another call took the place of this one, or stopped it. Nothing of it was stored. Send it again only if it is still wanted.',
  );
}

/** The stored conversation is not the one that this call loaded. */
export function stateChanged(): TurnkeeperError<'STATE_CHANGED'> {
  return new TurnkeeperError(
    'STATE_CHANGED',
    'The conversation changed while this call ran. Nothing of it was stored; send it again.',
  );
}

/** A commit or a purge was sent and not confirmed in time: it may have taken effect. */
export class OutcomeUnknown extends TurnkeeperError<'STATE_STORE_UNAVAILABLE'> {
  constructor(cause: unknown) {
    super(
      'STATE_STORE_UNAVAILABLE',
      'The state store did not confirm in time, so whether this took effect is unknown. ' +
        'Send the same call again, a turn with the same turn id: that settles it.',
      { cause, retryAfterMs: 1_000 },
    );
  }
}

const gateRetryMs = 1_000;

/** This server takes no more at the moment; another one may. */
export function overloaded(what: string): TurnkeeperError<'OVERLOADED'> {
  return new TurnkeeperError('OVERLOADED', `${what} Try again shortly.`, { retryAfterMs: gateRetryMs });
}

/** This server is about to stop, so that the call must go to another one. */
export function shuttingDown(): TurnkeeperError<'SHUTTING_DOWN'> {
  return new TurnkeeperError('SHUTTING_DOWN', 'This server is shutting down. Send the same turn again.', {
    retryAfterMs: gateRetryMs,
  });
}

const shortestRetryMs = 250;
const longestRetryMs = 5_000;
const fullQueueRetryMs = 1_000;

/**
 * Another call holds the lease, or is next. A turn that has run for long is likely to run on for about as long again,
 * so the caller is told to try again after that time, within bounds.
 */
export function turnInProgress(holder: Holder | null): TurnkeeperError<'TURN_IN_PROGRESS'> {
  if (holder === null) {
    return new TurnkeeperError(
      'TURN_IN_PROGRESS',
      'Another call of this conversation is next. Try again shortly.',
      { retryAfterMs: shortestRetryMs },
    );
  }
  const { turnId, heldForMs } = holder;
  const what = turnId === null ? 'An end of this conversation' : 'Another turn of this conversation';
  return new TurnkeeperError(
    'TURN_IN_PROGRESS',
    `${what} has been running for ${(heldForMs / 1000).toFixed(1)} s. Try again shortly.`,
    {
      runningForMs: heldForMs,
      retryAfterMs: Math.min(longestRetryMs, Math.max(shortestRetryMs, heldForMs)),
    },
  );
}

/** As many calls wait for the conversation as may. */
export function queueIsFull(): TurnkeeperError<'TURN_IN_PROGRESS'> {
  return new TurnkeeperError(
    'TURN_IN_PROGRESS',
    'Too many calls wait for this conversation already. Try again once they are through.',
    { retryAfterMs: fullQueueRetryMs },
  );
}

/** A limit of the user, or of the tenant, has no room for the call. */
export function rateLimited(limit: LimitReached): TurnkeeperError<'RATE_LIMITED'> {
  const { retryAfterMs } = limit;
  return new TurnkeeperError('RATE_LIMITED', describeLimit(limit), { retryAfterMs });
}

function describeLimit({ resource, of, most, retryAfterMs }: LimitReached): string {
  const who = of === 'user' ? 'You have' : 'All users of your tenant together have';
  switch (resource) {
    case 'turns': {
      const seconds = Math.ceil(retryAfterMs / 1000);
      return `${who} begun ${most} turns in the last minute, which is the limit. There is room for another in ${seconds} s.`;
    }
    case 'conversations':
      return `${who} ${most} conversations, which is the limit. Delete one, or wait until one expires.`;
    case 'storedBytes': {
      const whose =
        of === 'user' ? 'Your conversations' : 'The conversations of all users of your tenant together';
      return `${whose} take ${most} bytes, which is the limit. Delete one (end it with purge), or wait until one expires.`;
    }
    case 'openWatches':
      return `${who} ${most} open watches, which is the limit. Close one, or try again shortly.`;
    case 'waitingCalls':
      return `${who} ${most} calls that wait for others, which is the limit. Try again once they are through.`;
  }
}

/** The agent gave no answer that can be used. An error that is the product's own already stays as it is. */
export function toAgentError(error: unknown): TurnkeeperError {
  if (isTurnkeeperError(error)) return error;
  const isTimeout = error instanceof AgentFailure && error.outcome === 'timed-out';
  const retryAfterMs = error instanceof AgentFailure ? error.retryAfterMs : undefined;
  return new TurnkeeperError(
    isTimeout ? 'AGENT_TIMEOUT' : 'AGENT_FAILED',
    isTimeout
      ? 'The agent did not answer in time. Nothing of this turn was stored; send it again.'
      : 'The agent could not answer. Nothing of this turn was stored; send it again.',
    { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  );
}

/** A field's choices could not be looked up. */
export function choicesUnavailable(cause: unknown): TurnkeeperError<'CHOICES_UNAVAILABLE'> {
  return new TurnkeeperError(
    'CHOICES_UNAVAILABLE',
    'The choices of a field could not be looked up. Nothing of this call was stored; send it again.',
    { cause },
  );
}

/**
 * The cause of a failure, for the log: an adapter's own words where they hold nothing that anybody wrote, otherwise
 * only the error's name (docs/architecture.md, Trust).
 */
export function describeCause(error: unknown): { readonly cause?: string } {
  const cause = causeOf(error);
  return cause === undefined ? {} : { cause };
}

function causeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AgentFailure) return describeAgentFailure(error);
  if (error instanceof ConditionFailed) return error.message;
  if (!isTurnkeeperError(error)) return error.name;
  const { cause } = error;
  if (error.reason === 'STATE_STORE_UNAVAILABLE' && cause instanceof Error && !isTurnkeeperError(cause)) {
    return cause.message;
  }
  return causeOf(cause);
}

function describeAgentFailure({ outcome, message, cause }: AgentFailure): string {
  return `${outcome}: ${message}${cause instanceof Error ? ` (${cause.name})` : ''}`;
}
