import type { LiveEvent } from '../../../contract/watch-events.ts';

/** Adds an event to those that wait to be shown: what only goes on from the last one becomes a part of it. */
export function addMerged(events: LiveEvent[], event: LiveEvent): void {
  const last = events.at(-1);
  if (last?.type === 'agent.typing' && event.type === 'agent.typing') {
    events[events.length - 1] = event;
  } else if (
    last?.type === 'message.delta' &&
    event.type === 'message.delta' &&
    last.streamId === event.streamId &&
    last.offset + last.text.length === event.offset
  ) {
    events[events.length - 1] = { ...last, text: last.text + event.text };
  } else {
    events.push(event);
  }
}

/** How much text events hold, in UTF-16 units. */
export function charsOf(events: readonly LiveEvent[]): number {
  return events.reduce((sum, { text = '' }) => sum + text.length, 0);
}
