import type { Activity } from '../../answer/activity.ts';
import type { AgentCallOptions } from '../../orchestrator/ports/agent.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { AccessTokens } from './access-tokens.ts';
import { conversationOf, readConversationId } from './conversation-id.ts';
import type { Post } from './post.ts';
import { postWithToken } from './post-with-token.ts';
import { readActivities } from './read-activities.ts';
import { refusal } from './refusal.ts';
import type { Asked } from './refusal.ts';

interface Service {
  readonly tokens: AccessTokens;
  readonly clock: Clock;
}

/** What an answer that came to its end says of itself. */
interface Exchanged {
  /** The conversation that it came from; null where it names none that could be gone on with. */
  readonly conversationId: string | null;
  readonly activities: number;
}

/**
 * Asks the service one thing, and yields what it answers as it arrives.
 * @throws AgentFailure when there is no complete answer; something or other when the signal aborts
 */
export async function* exchange(
  { tokens, clock }: Service,
  { asked, ...request }: Post & { readonly asked: Asked },
  { identity, userToken, signal }: AgentCallOptions,
): AsyncGenerator<Activity, Exchanged> {
  const caller = { identity, userToken };
  const response = await postWithToken(tokens, request, { caller, signal });
  let conversationId = readConversationId(response.headers.get('x-ms-conversationid'));
  let activities = 0;
  if (response.status === 204) return { conversationId, activities };
  if (response.status !== 200) throw refusal(response, asked, clock.now());
  if (response.body === null || !isEventStream(response)) {
    throw new AgentFailure('failed', 'the service answered with something else than a stream of events');
  }
  for await (const activity of readActivities(response.body)) {
    conversationId ??= conversationOf(activity);
    activities += 1;
    yield activity;
  }
  return { conversationId, activities };
}

function isEventStream({ headers }: Response): boolean {
  return headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream';
}
