import type { StreamEvent } from './read-events.ts';

const names = /^(?:ping|pong|heart[-_]?beat|keep[-_]?alive|hb|noop|comment|status|progress)$/i;
const data =
  /^(?:"?(?:ping|pong|heart[-_ ]?beat|keep[-_ ]?alive|alive|hb|ok|noop|still here|waiting|processing)[.!…]*"?|null|true|\{\}|\[\])?$/i;
// A date, or the milliseconds or seconds of one.
const time = /^"?(?:\d{4}-\d\d-\d\d[T ][\d:.]{5,20}(?:Z|[+-]\d\d:?\d\d)?|\d{10}(?:\d{3})?(?:\.\d{1,6})?)"?$/;

/** Whether an event only keeps the connection open: what it holds is no part of the answer. */
export function isHeartbeat(event: StreamEvent): boolean {
  const trimmed = event.data.trim();
  return names.test(event.name) || data.test(trimmed) || time.test(trimmed);
}
