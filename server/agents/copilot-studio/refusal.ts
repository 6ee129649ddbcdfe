import { AgentFailure } from '../../answer/agent-failure.ts';
import type { AgentFailureOutcome } from '../../answer/agent-failure.ts';
import { readRetryAfter } from '../retry-after.ts';

/** What was asked of the service: to start a conversation, or to take a message. */
export type Asked = 'start' | 'message';

/**
 * Statuses that may be about the conversation a message was for. The next turn must not meet the same again, so they
 * do not count as refused, after which the conversation would be kept, but as failed: it opens a fresh one.
 */
const aboutTheConversation = new Set([400, 403, 404, 409, 410]);

/** What an answer without an event stream means. Its body is nobody's business: it may quote what was sent. */
export function refusal({ status, headers }: Response, asked: Asked, now: number): AgentFailure {
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), now);
  return new AgentFailure(outcomeOf(status, asked), describe(status), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function outcomeOf(status: number, asked: Asked): AgentFailureOutcome {
  // 408: the request came in part, or so a proxy says.
  if (status < 400 || status >= 500 || status === 408) return 'failed';
  return asked === 'message' && aboutTheConversation.has(status) ? 'failed' : 'refused';
}

function describe(status: number): string {
  if (status >= 300 && status < 400) return `the service answered HTTP ${status}; redirects are not followed`;
  // Its answer to an application's own token where it does not take those (docs/copilot-studio.md).
  if (status === 405) return "the service answered HTTP 405; it may not take an application's own token here";
  return `the service answered HTTP ${status}`;
}
