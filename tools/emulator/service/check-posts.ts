import type { RecordedRequest } from './recorded-request.ts';
import { readPostBody } from './read-request.ts';

/**
 * A message may be posted once, to whichever conversation. One that was refused with 401 may come again, under another
 * token; any other answer, or none, leaves open whether the agent has heard it.
 * @throws Error when a message came more often
 */
export function checkOnePostPerTurn(requests: readonly RecordedRequest[]): void {
  const messages = requests.filter(({ kind, status }) => kind === 'message' && status !== 401);
  messages.forEach((message, index) => {
    const earlier = messages.slice(0, index);
    if (!earlier.some((other) => isSameMessage(other, message))) return;
    throw new Error(`posted more than once: ${JSON.stringify(message.text ?? message.rawBody)}`);
  });
}

function isSameMessage(one: RecordedRequest, other: RecordedRequest): boolean {
  const [first, second] = [activityOf(one), activityOf(other)];
  if (first !== null && second !== null) return first === second;
  // Of a request that was reset there may be the beginning only.
  return one.rawBody.startsWith(other.rawBody) || other.rawBody.startsWith(one.rawBody);
}

/** What was posted, apart from the conversation that it was posted to; null where there is not all of it. */
function activityOf({ body }: RecordedRequest): string | null {
  const activity = readPostBody(body)?.activity;
  return activity === undefined ? null : JSON.stringify(activity);
}
