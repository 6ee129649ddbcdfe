import { TRPCClientError } from '@trpc/client';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { EventSourceMessage } from 'eventsource-parser/stream';
import superjson from 'superjson';
import type { SuperJSONResult } from 'superjson';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { AnyWatchEvent } from '../results.ts';
import { sendableJson } from '../sendable-json.ts';
import { NotATurnkeeperAnswer, answerIn } from '../transport.ts';
import { Inactivity } from './inactivity.ts';

export interface WatchRequest {
  readonly conversationId: string;
  readonly after: number | undefined;
  readonly awaitOpening: boolean | undefined;
}

/** An event, and what is sent to go on behind it. */
export interface TrackedEvent {
  readonly id: string;
  readonly event: AnyWatchEvent;
}

interface Reading {
  readonly api: string;
  readonly headers: () => Promise<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal | undefined;
}

/**
 * The events of one connection, in the form that tRPC's subscriptions have on the wire. They are read as fast as they
 * are taken, so that who takes them slowly fills no memory, here or on the server. Ends when the server says that nothing
 * follows.
 * @throws TRPCClientError, NotATurnkeeperAnswer, HeadersUnavailable, NotSendable, or whatever broke the connection
 */
export async function* readWatchEvents(
  { api, headers, fetch, signal }: Reading,
  request: WatchRequest & { readonly lastEventId: string | undefined },
): AsyncGenerator<TrackedEvent, void> {
  const callersHeaders = await headers();
  const inactivity = new Inactivity(signal);
  try {
    const response = await fetch(`${api}/workflow.watch?input=${inputOf(request)}`, {
      headers: { ...callersHeaders, accept: 'text/event-stream' },
      signal: inactivity.signal,
    });
    for await (const { event, id, data } of messagesOf(await streamOf(response), inactivity)) {
      switch (event) {
        case 'connected':
          inactivity.limitTo((JSON.parse(data) as ClientOptions).reconnectAfterInactivityMs);
          break;
        case 'serialized-error':
          throw failureOf(JSON.parse(data) as SuperJSONResult);
        case 'return':
          return;
        case undefined:
        case 'message':
          yield {
            id: id ?? '',
            event: superjson.deserialize<AnyWatchEvent>(JSON.parse(data) as SuperJSONResult),
          };
          break;
        // A ping, or what only an EventSource needs.
        default:
      }
    }
    throw new Error('the connection was closed');
  } finally {
    inactivity.end();
  }
}

/** What a tRPC server asks of its clients as they connect. */
interface ClientOptions {
  readonly reconnectAfterInactivityMs?: number;
}

function inputOf(request: WatchRequest & { readonly lastEventId: string | undefined }): string {
  return encodeURIComponent(JSON.stringify(sendableJson(request)));
}

async function streamOf(response: Response): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (response.ok && isStream && response.body !== null) return response.body;
  const { error } = (await answerIn(response)) as { error?: SuperJSONResult };
  throw error === undefined ? new NotATurnkeeperAnswer(response) : failureOf(error);
}

function failureOf(serialized: SuperJSONResult): Error {
  return TRPCClientError.from({ error: superjson.deserialize<ErrorShape>(serialized) });
}

async function* messagesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>, inactivity: Inactivity) {
  // Node's types have the decoder's output as `any`.
  const messages: ReadableStream<EventSourceMessage> = stream
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const reader = messages.getReader();
  try {
    for (;;) {
      inactivity.waiting();
      const read = await reader.read();
      inactivity.over();
      if (read.done) return;
      yield read.value;
    }
  } finally {
    // Lets go of the connection, too, where it is left in the middle.
    await reader.cancel().catch(() => undefined);
  }
}
