import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { failureReasons } from '../../../contract/errors.ts';
import type { FailureReason } from '../../../contract/errors.ts';
import { TurnkeeperError } from '../../../server/domain/errors.ts';
import { formatError } from '../../../server/router/error-shape.ts';
import { listenLocally } from '../../support/local-server.ts';

/** A fault (or none) for one request. */
export type Fault =
  /** The real server answers. */
  | 'pass'
  /** The connection breaks before the server sees the request. */
  | 'cut before'
  /** The connection breaks after the server has answered, before the client gets a byte of it. */
  | 'cut after'
  /** The connection breaks in the middle of the response body. */
  | 'cut inside'
  /** The server's own error with this reason, from before any procedure. */
  | FailureReason
  | { readonly reason: FailureReason; readonly retryAfterMs: number }
  /** A page of some other server. */
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  /** Every request, oldest first. */
  readonly requests: readonly SentRequest[];
  /** The turn ids of all turn requests, oldest first. */
  readonly turnIds: () => string[];
}

/** A real HTTP server that applies one scripted fault to each request and forwards the rest. */
export async function faultyProxy(target: string | null, faults: readonly Fault[]): Promise<FaultyProxy> {
  const script = [...faults];
  const requests: SentRequest[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = request;
    const body = await text(request);
    requests.push({ method, path, body, headers });
    const fault = script.shift() ?? 'pass';
    if (fault === 'cut before') {
      request.socket.destroy();
      return;
    }
    if (fault === 'pass' || fault === 'cut after' || fault === 'cut inside') {
      const init = method === 'GET' ? {} : { body, headers: { 'content-type': 'application/json' } };
      if (target === null) throw new Error('the script is at its end, and there is no server behind');
      const passed = await fetch(`${target}${path}`, { method, ...init });
      if (fault === 'pass' && passed.body !== null) {
        response.writeHead(passed.status, {
          'content-type': passed.headers.get('content-type') ?? 'application/json',
        });
        // If either side breaks off, the other side is broken off too.
        await pipeline(Readable.from(passed.body), response).catch(() => undefined);
        return;
      }
      const passedBody = await passed.text();
      if (fault === 'cut after') {
        request.socket.destroy();
        return;
      }
      const headersToSend = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(passedBody),
      };
      response.writeHead(passed.status, headersToSend);
      response.write(passedBody.slice(0, 20), () => request.socket.destroy());
      return;
    }
    const strange = typeof fault === 'object' && 'status' in fault ? fault : errorAnswer(fault);
    const strangeHeaders = 'headers' in strange ? strange.headers : {};
    response
      .writeHead(strange.status, { 'content-type': 'application/json', ...strangeHeaders })
      .end(strange.body);
  };
  const server = createServer(
    (request, response) =>
      void answer(request, response).finally(() => response.writableEnded || request.socket.destroy()),
  );
  return {
    requests,
    ...(await listenLocally(server)),
    turnIds: () => requests.flatMap(({ body }) => sentTurn.safeParse(parse(body)).data?.json.turnId ?? []),
  };
}

const sentTurn = z.object({ json: z.object({ turnId: z.string() }) });

function parse(body: string): unknown {
  return body === '' ? null : JSON.parse(body);
}

/** Returns the bytes that the server itself would send. */
function errorAnswer(fault: FailureReason | { reason: FailureReason; retryAfterMs: number }) {
  const { reason, ...detail } = typeof fault === 'string' ? { reason: fault } : fault;
  const cause = new TurnkeeperError(reason, `as scripted: ${reason}`, detail);
  const error = new TRPCError({ code: failureReasons[reason].code, cause });
  const shape = formatError({ error, path: 'workflow.turn', showsCauses: false, newErrorId: () => 'e-1' });
  return { status: shape.data.httpStatus, body: JSON.stringify({ error: superjson.serialize(shape) }) };
}
