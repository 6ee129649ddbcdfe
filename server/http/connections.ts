/**
 * Connections that end early: a request that Node's parser refuses, a request that is answered before it has arrived whole,
 * and a watcher's answer that nobody reads. In each case Node alone would keep the connection, or answer without a reason.
 */
import { STATUS_CODES, maxHeaderSize } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import { refusalBody } from '../router/error-shape.ts';
import { RequestRefused } from '../router/failure.ts';

/** Time for a client that is still sending to read the answer, in milliseconds, before the connection is destroyed. */
const lingerMs = 1_000;

/**
 * Closes the connection of a request that was answered before it had arrived whole, unless the rest arrives soon. Without
 * this, Node goes on reading, and discarding, as long as the client sends.
 */
export const closeUnread: RequestHandler = (request, response, next) => {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => request.socket.destroy(), lingerMs);
    request.once('close', () => clearTimeout(timer));
    request.once('end', () => clearTimeout(timer));
  });
  next();
};

/**
 * Closes the connection of an endless answer when the client takes in nothing for too long. The events that wait for a
 * watcher are bounded, but a stream is written only as far as it is read, so nothing else would end the connection.
 */
export function dropWhenStalled(response: ServerResponse, stallMs: number): void {
  response.setTimeout(stallMs, () => response.destroy());
}

/** The answers that are not complete yet, by their connection. */
export type OpenAnswers = ReadonlyMap<Duplex, ReadonlySet<ServerResponse>>;

/** Keeps account of the answers of a server that are not complete yet. */
export function openAnswersOf(server: Server): OpenAnswers {
  const open = new Map<Duplex, Set<ServerResponse>>();
  server.on('request', ({ socket }: IncomingMessage, response) => {
    const responses = open.get(socket) ?? new Set();
    open.set(socket, responses.add(response));
    response.once('close', () => {
      responses.delete(response);
      if (responses.size === 0) open.delete(socket);
    });
  });
  return open;
}

/**
 * Answers bytes that Node's parser refuses. The answers are Node's own, except for headers that are too large (mostly
 * because of a token with many groups in it): that answer has the form of a call's error, so that a client can say why.
 */
export function answerBadRequests(server: Server, open: OpenAnswers): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const others = [...(open.get(socket) ?? [])].filter((response) => !isToBlame(response));
    // Another request's answer is on its way: these bytes would land in the middle of it, or pass for it.
    if (!socket.writable || others.length > 0) {
      socket.destroy(error);
      return;
    }
    socket.end(answerTo(error.code));
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  });
}

/** Returns true if the parser failed on this response's request: it is incomplete, and no part of its answer has left. */
function isToBlame({ req, headersSent }: ServerResponse): boolean {
  return !req.complete && !headersSent;
}

function answerTo(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return headersTooLarge();
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return head(413);
  return head(code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400);
}

function headersTooLarge(): string {
  const failure = new RequestRefused(
    'HEADERS_TOO_LARGE',
    `The request's headers and URL are too large: this server takes ${maxHeaderSize} bytes of them. Most often the access ` +
      'token is too long.',
  );
  const body = refusalBody(failure);
  const fields = [
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
  ];
  return head(failure.httpStatus, fields) + body;
}

function head(status: number, fields: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'Connection: close', ...fields];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
