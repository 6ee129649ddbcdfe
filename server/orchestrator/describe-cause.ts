import { isTurnkeeperError } from '../domain/errors.ts';
import { ConditionFailed } from '../domain/workflow.ts';
import { AgentFailure } from '../answer/agent-failure.ts';

/**
 * Why something failed, for the log: an adapter's own words where they are known to hold nothing that anybody wrote,
 * otherwise no more than the error's name (docs/architecture.md, Trust).
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
