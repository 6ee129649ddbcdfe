import { STATUS_CODES, maxHeaderSize } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { refusalBody } from '../router/error-shape.ts';
import { RequestRefused } from '../router/failure.ts';

/** Time for a client that is still sending to read the answer, in milliseconds, before the connection is destroyed. */
const lingerMs = 1_000;

/**
 * Answers bytes that Node's parser refuses. The answers are Node's own, except for headers that are too large (mostly because
 * of a token with many groups in it): those get the form of a call's error, so that a client can say why it failed.
 */
export function answerBadRequests(server: Server): void {
  const open = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('request', ({ socket }: IncomingMessage, response) => {
    const responses = open.get(socket) ?? new Set();
    open.set(socket, responses.add(response));
    response.once('close', () => responses.delete(response));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const others = [...(open.get(socket) ?? [])].filter((response) => !isToBlame(response));
    // Another request's answer is on its way: anything else would end up in the midst of it, or pass for it.
    if (!socket.writable || others.length > 0) {
      socket.destroy(error);
      return;
    }
    socket.end(answerTo(error.code));
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  });
}

/** Whether it is this request that could not be read to its end, and nothing of an answer to it has left. */
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
