import { TRPCClientError } from '@trpc/client';
import type { Operation, TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { EventSourceMessage } from 'eventsource-parser/stream';
import superjson from 'superjson';
import type { SuperJSONResult } from 'superjson';
import type { ErrorShape } from '../../../contract/errors.ts';
import { contextOf } from './operation.ts';
import type { Router } from './operation.ts';
import { sendableJson } from './sendable-json.ts';
import { NotATurnkeeperAnswer, answerIn, headersFor } from './transport.ts';
import type { Identification } from './transport.ts';

interface WatchEndpoint extends Identification {
  readonly api: string;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Runs subscriptions over one connection each, as server-sent events in tRPC's form; other operations pass. tRPC's own
 * subscription link needs an EventSource, which sends no headers in browsers, and it does not wait for slow readers.
 */
export function watchLink(endpoint: WatchEndpoint): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      if (op.type !== 'subscription') return next(op);
      return observable((observer) => {
        const { demand } = contextOf(op);
        const connection = new Connection();
        const events = trackedEvents(op, endpoint, connection);
        const follow = async (): Promise<void> => {
          for await (const event of events) {
            observer.next({ result: { type: 'data', id: event.id, data: event } });
            // The next event is read when the reader asks for it, so a slow reader fills no memory, here or on the
            // server.
            await demand?.();
          }
          observer.complete();
        };
        follow().catch((thrown: unknown) => observer.error(TRPCClientError.from(thrown as Error)));
        return () => {
          connection.close();
          void events.return();
        };
      });
    };
}

/** An event with its id, in the form of tRPC's tracked values. */
interface TrackedEvent {
  readonly id: string;
  readonly data: unknown;
}

/**
 * Yields the events of one connection, and returns when the server says that nothing follows.
 * @throws TRPCClientError, NotATurnkeeperAnswer, HeadersUnavailable, NotSendable, or whatever broke the connection
 */
async function* trackedEvents(
  op: Operation,
  endpoint: WatchEndpoint,
  connection: Connection,
): AsyncGenerator<TrackedEvent, void> {
  const { api, fetch } = endpoint;
  const headers = await headersFor(contextOf(op), endpoint);
  connection.startWaiting();
  try {
    const input = encodeURIComponent(JSON.stringify(sendableJson(op.input)));
    // Called without a receiver: a browser's fetch refuses any but the window.
    const response = await fetch(`${api}/${op.path}?input=${input}`, {
      headers: { ...headers, accept: 'text/event-stream' },
      signal: connection.signal,
    });
    for await (const { event, id, data } of messagesOf(await streamOf(response), connection)) {
      switch (event) {
        case 'connected':
          connection.limitSilence((JSON.parse(data) as ClientOptions).reconnectAfterInactivityMs);
          break;
        case 'serialized-error':
          throw failureOf(JSON.parse(data) as SuperJSONResult);
        case 'return':
          return;
        case undefined:
        case 'message':
          yield { id: id ?? '', data: superjson.deserialize(JSON.parse(data) as SuperJSONResult) };
          break;
        // A ping, or an event for EventSource alone.
        default:
      }
    }
    throw new Error('the connection was closed');
  } finally {
    connection.stopWaiting();
  }
}

/** The options that a tRPC server sends to its clients as they connect. */
interface ClientOptions {
  readonly reconnectAfterInactivityMs?: number;
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

async function* messagesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>, connection: Connection) {
  // Node's types have the decoder's output as `any`.
  const messages: ReadableStream<EventSourceMessage> = stream
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const reader = messages.getReader();
  try {
    for (;;) {
      connection.startWaiting();
      const read = await reader.read();
      connection.stopWaiting();
      if (read.done) return;
      yield read.value;
    }
  } finally {
    // Closes the connection also when its reader leaves in the middle.
    await reader.cancel().catch(() => undefined);
  }
}

/** The longest silence until the server names its own limit, in milliseconds. */
const firstSilenceMs = 15_000;

/**
 * Aborts a connection on which nothing has arrived for too long, because nothing else reveals that the other side is
 * gone. The clock runs only while the client waits, not while a slow reader handles an event.
 */
class Connection {
  readonly #controller = new AbortController();
  #silenceMs: number | undefined = firstSilenceMs;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Aborts when the connection is closed, or silent for too long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  limitSilence(silenceMs: number | undefined): void {
    this.#silenceMs = silenceMs;
  }

  startWaiting(): void {
    this.stopWaiting();
    const silenceMs = this.#silenceMs;
    if (silenceMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`nothing has arrived for ${silenceMs} ms`));
    }, silenceMs);
  }

  stopWaiting(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    this.#controller.abort();
  }
}
