import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange, Reply } from './exchange.ts';
import { readBody } from './recorded-request.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { fails, says } from './replies.ts';

export interface OpenAiServer extends AsyncDisposable {
  /** What a client is configured with. */
  readonly baseUrl: string;
  /** Every POST for a chat completion, in the order in which they arrived. */
  readonly requests: readonly RecordedRequest[];
  /** How many connections were opened to it. */
  readonly connections: () => number;
  /** How the next request is answered, and the one after it, … ; then `otherwise`. */
  reply(...replies: readonly Reply[]): void;
  /** How requests are answered that nothing was said about. @default says('Fine.') */
  otherwise(reply: Reply): void;
  /** Resolves once so many requests have arrived, in all. */
  received(count: number): Promise<void>;
  /** Resolves once so many answers were sent to their end, in all. */
  answered(count: number): Promise<void>;
  /** Resolves once a client has left before its answer was complete, so many times in all. */
  left(count: number): Promise<void>;
}

/** An endpoint for chat completions on loopback. It speaks the protocol of OpenAI's API, or breaks it as it is told. */
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
  // A server that listens on a port has such an address.
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

/** A number that can be waited for. */
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
