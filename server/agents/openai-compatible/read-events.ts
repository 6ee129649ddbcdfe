import { createParser } from 'eventsource-parser';
import { AgentFailure } from '../../answer/agent-failure.ts';
import { bounds } from './settings.ts';

export type ByteReader = ReadableStreamDefaultReader<Uint8Array>;

/** @throws AgentFailure when the response is no event stream */
export function openEventStream({ headers, body }: Response): ByteReader {
  const contentType = headers.get('content-type')?.trim() ?? '';
  if (body === null || !/^text\/event-stream\b/i.test(contentType)) {
    throw new AgentFailure('failed', 'the service did not answer with an event stream');
  }
  return body.getReader();
}

/** A server-sent event: its name, empty for none, and its data. */
export interface CompletionEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Yields each server-sent event as it arrives. It leaves the rest unread when the consumer stops.
 * @throws AgentFailure when the stream breaks off, or is too large
 */
export async function* readEvents(reader: ByteReader): AsyncGenerator<CompletionEvent, void> {
  const decoder = new TextDecoder();
  const events: CompletionEvent[] = [];
  const faults: string[] = [];
  let bytes = 0;
  const parser = createParser({
    onEvent: ({ event = '', data }) => void events.push({ name: event, data }),
    onError: ({ type }) => void faults.push(type),
    maxBufferSize: bounds.eventChars,
  });
  for (let isOpen = true; isOpen;) {
    const { done, value } = await read(reader);
    isOpen = !done;
    bytes += value?.length ?? 0;
    // The last event may lack its blank line.
    parser.feed(done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true }));
    for (const event of events.splice(0)) yield event;
    const isTooLarge = faults.splice(0).includes('max-buffer-size-exceeded') || bytes > bounds.streamBytes;
    if (isTooLarge) throw new AgentFailure('failed', 'the answer is too large');
  }
}

async function read(reader: ByteReader) {
  try {
    return await reader.read();
  } catch {
    throw new AgentFailure('ambiguous', 'the connection was lost in the middle of the answer');
  }
}

/** Reads and discards the rest of the stream, until it or the call ends. */
export async function readToEnd(reader: ByteReader): Promise<void> {
  try {
    for (let isDone = false; !isDone;) isDone = (await reader.read()).done;
  } catch {
    // The answer is complete without the rest.
  }
}

const names = /^(?:ping|pong|heart[-_]?beat|keep[-_]?alive|hb|noop|comment|status|progress)$/i;
const data =
  /^(?:"?(?:ping|pong|heart[-_ ]?beat|keep[-_ ]?alive|alive|hb|ok|noop|still here|waiting|processing)[.!…]*"?|null|true|\{\}|\[\])?$/i;
// A time: a date, or its milliseconds or seconds since the epoch.
const time = /^"?(?:\d{4}-\d\d-\d\d[T ][\d:.]{5,20}(?:Z|[+-]\d\d:?\d\d)?|\d{10}(?:\d{3})?(?:\.\d{1,6})?)"?$/;

/** True for an event that only keeps the connection open. Its data is no part of the answer. */
export function isHeartbeat(event: CompletionEvent): boolean {
  const trimmed = event.data.trim();
  return names.test(event.name) || data.test(trimmed) || time.test(trimmed);
}
