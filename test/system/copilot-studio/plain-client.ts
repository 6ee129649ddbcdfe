import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';
import { apiVersion } from '../../../cli/emulator/service/read-request.ts';

/** A service that speaks the protocol, at this address. */
interface Service {
  readonly url: string;
}

interface Posted {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly redirect?: 'manual';
}

const headers = {
  authorization: 'Bearer any',
  'content-type': 'application/json',
  accept: 'text/event-stream',
};

export function postStart({ url }: Service, posted: Posted = {}): Promise<Response> {
  return post(`${url}/conversations`, { emitStartConversationEvent: true }, posted);
}

export function postActivity(
  { url }: Service,
  conversationId: string,
  activity: object,
  posted: Posted = {},
): Promise<Response> {
  return post(`${url}/conversations/${conversationId}`, { activity, conversationId }, posted);
}

export function postWords(service: Service, words: string, posted: Posted = {}): Promise<Response> {
  return postActivity(service, 'unknown', { type: 'message', text: words }, posted);
}

export function post(url: string, body: unknown, { headers: more, ...init }: Posted): Promise<Response> {
  const address = `${url}?api-version=${apiVersion}`;
  return fetch(address, {
    method: 'POST',
    ...init,
    headers: { ...headers, ...more },
    body: JSON.stringify(body),
  });
}

export const idHeader = 'x-ms-conversationid';

export function bytesOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body === null) throw new Error('the answer has no body');
  return body;
}

/** Reads the events of a body, to its end. */
export async function readEvents(response: Response): Promise<EventSourceMessage[]> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const body = await response.text();
  // The parser keeps back a last lone CR, which might be half of a CRLF.
  parser.feed(body.endsWith('\r') ? `${body}\n` : body);
  return events;
}

/** Returns the activities' texts of an answer that has its `end` event. */
export async function readTexts(response: Response): Promise<unknown[]> {
  const events = await readEvents(response);
  const last = events.pop();
  if (last?.event !== 'end') throw new Error('the answer has no end');
  return events.map(({ data }) => (JSON.parse(data) as { text?: string }).text);
}
