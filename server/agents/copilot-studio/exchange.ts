import { z } from 'zod';
import type { Activity } from '../../answer/activity.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';
import type { AgentFailureOutcome } from '../../answer/agent-failure.ts';
import { unlessAborted } from '../../answer/unless-aborted.ts';
import type { AgentCallOptions } from '../../orchestrator/ports/agent.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import { post, readRetryAfter } from '../post.ts';
import type { AccessTokens, TokenCaller } from './access-token/access-tokens.ts';
import { readActivities } from './read-activities.ts';

interface Service {
  readonly tokens: AccessTokens;
  readonly clock: Clock;
}

/** A request to the service: to start a conversation, or to send it a message. */
interface ServiceRequest {
  readonly asked: 'start' | 'message';
  readonly url: string;
  /** JSON. */
  readonly body: string;
}

/** The facts about an answer that was read to its end. */
interface Exchanged {
  /** The conversation that the answer came from; null if the answer names none that can be continued. */
  readonly conversationId: string | null;
  readonly activities: number;
}

/**
 * Sends one request to the service, and yields the activities of its answer as they arrive.
 * @throws AgentFailure when there is no complete answer; any error when the signal aborts
 */
export async function* exchange(
  { tokens, clock }: Service,
  request: ServiceRequest,
  { identity, userToken, signal }: AgentCallOptions,
): AsyncGenerator<Activity, Exchanged> {
  const caller = { identity, userToken };
  const response = await postWithToken(tokens, request, { caller, signal });
  let conversationId = readConversationId(response.headers.get('x-ms-conversationid'));
  let activities = 0;
  if (response.status === 204) return { conversationId, activities };
  if (response.status !== 200) throw refusal(response, request.asked, clock.now());
  if (response.body === null || !isEventStream(response)) {
    throw new AgentFailure('failed', 'the service did not answer with a stream of events');
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

const noCache = { 'Cache-Control': 'no-cache', Pragma: 'no-cache' };

/**
 * Sends a POST with the caller's token. After a 401 it sends the POST once more, with a new token: a request that is
 * refused for its token has not reached the agent.
 * @throws as `post` and the tokens do; the signal's reason when it aborts before
 */
async function postWithToken(
  tokens: AccessTokens,
  { url, body }: ServiceRequest,
  { caller, signal }: { readonly caller: TokenCaller; readonly signal: AbortSignal },
): Promise<Response> {
  const untilAborted = unlessAborted(signal);
  const token = await untilAborted(() => tokens.get(caller, signal));
  const response = await post({ url, body, bearer: token, headers: noCache }, signal);
  if (response.status !== 401) return response;
  const renewed = await untilAborted(() => tokens.renew(token, caller, signal));
  if (renewed === token) return response;
  response.body?.cancel().catch(() => undefined);
  return post({ url, body, bearer: renewed, headers: noCache }, signal);
}

/**
 * Statuses that may be about the conversation of a message. They count as `failed`, so that the next turn opens a new
 * conversation. After `refused` the conversation is kept, and the next turn would get the same status.
 */
const aboutTheConversation = new Set([400, 403, 404, 409, 410]);

/** The outcome of a response without an event stream, by its status alone: its body may quote what was sent. */
function refusal({ status, headers }: Response, asked: ServiceRequest['asked'], now: number): AgentFailure {
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), now);
  return new AgentFailure(outcomeOf(status, asked), describe(status), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function outcomeOf(status: number, asked: ServiceRequest['asked']): AgentFailureOutcome {
  // Status 408: a proxy reports that only a part of the request arrived.
  if (status < 400 || status >= 500 || status === 408) return 'failed';
  return asked === 'message' && aboutTheConversation.has(status) ? 'failed' : 'refused';
}

function describe(status: number): string {
  if (status >= 300 && status < 400) return `the service answered HTTP ${status}; redirects are not followed`;
  // The service answers 405 to an application's own token if it takes only users' tokens (docs/copilot-studio.md).
  if (status === 405) return "the service answered HTTP 405; it may not take an application's own token here";
  return `the service answered HTTP ${status}`;
}

/**
 * A conversation id that is safe in a URL and in the store. The service's own ids are UUIDs, or other letters, digits
 * and hyphens.
 */
const conversationIdSchema = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const accountSchema = z.object({ id: conversationIdSchema });

/** Reads a conversation's id; null for anything else. */
export function readConversationId(value: unknown): string | null {
  return conversationIdSchema.safeParse(value).data ?? null;
}

/** The id of the conversation that a message names, if any. */
function conversationOf(activity: Activity): string | null {
  if (activity.type !== 'message') return null;
  return accountSchema.safeParse(activity['conversation']).data?.id ?? null;
}
