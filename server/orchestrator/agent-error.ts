import { TurnkeeperError, isTurnkeeperError } from '../domain/errors.ts';
import { AgentFailure } from '../answer/agent-failure.ts';

/** What callers are told of an agent that failed; an error that is ours already stays as it is. */
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
