import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange, Reply } from './exchange.ts';
import { readBody } from './recorded-request.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { fails, says } from './replies.ts';

export interface OpenAiServer extends AsyncDisposable {
  /** The base URL that a client is configured with. */
  readonly baseUrl: string;
  /** Every POST for a chat completion, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Returns the number of connections so far. */
  readonly connections: () => number;
  /** Sets the replies to the next requests, in order; after them, `otherwise` applies. */
  reply(...replies: readonly Reply[]): void;
  /** Sets the reply to all requests that have none of their own. @default says('Fine.') */
  otherwise(reply: Reply): void;
  /** Resolves once this many requests have arrived in all. */
  received(count: number): Promise<void>;
  /** Resolves once this many answers were sent to their end. */
  answered(count: number): Promise<void>;
  /** Resolves once this many clients have left before their answer was complete. */
  left(count: number): Promise<void>;
}

/** Starts a chat-completions endpoint on loopback. It speaks the protocol of OpenAI's API, or breaks it as told. */
export async function startOpenAiServer(): Promise<OpenAiServer> {
  const requests: RecordedRequest[] = [];
  const replies: Reply[] = [];
  let otherwise: Reply = says('Fine.');
  let connections = 0;
  const received = new Counter();
  const answered = new Counter();
  const left = new Counter();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('close', () => {
      (response.writableFinished ? answered : left).increase();
    });
    const exchange = { request: await record(request), response };
    requests.push(exchange.request);
    received.increase();
    await answer(exchange);
  };
  const answer = async (exchange: Exchange): Promise<void> => {
    const { method, path } = exchange.request;
    const isKnown = method === 'POST' && path === '/v1/chat/completions';
    await (isKnown ? (replies.shift() ?? otherwise) : fails(404))(exchange);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    connections: () => connections,
    reply: (...next) => void replies.push(...next),
    otherwise: (reply) => {
      otherwise = reply;
    },
    received: (count) => received.reaches(count),
    answered: (count) => answered.reaches(count),
    left: (count) => left.reaches(count),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = readBody(Buffer.concat(parts).toString('utf8'));
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    query: body.messages.at(-1)?.content ?? '',
  };
}

/** A number that a test can wait for. */
class Counter {
  #count = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  increase(): void {
    this.#count += 1;
    for (const { count, resolve } of this.#waiting) if (count <= this.#count) resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#count);
  }

  reaches(count: number): Promise<void> {
    if (count <= this.#count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
