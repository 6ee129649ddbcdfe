import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { RequestRefused } from '../router/failure.ts';
import { refuse } from './refuse.ts';

interface GateOptions {
  readonly maxBodyBytes: number;
  /** Calls that one request may batch. */
  readonly maxBatchSize: number;
}

/**
 * Lets through to tRPC what can be a call: GET, or POST with JSON, in a bounded body, for a bounded number of procedures.
 * The body is read here, as text, so that it is bounded before anything else looks at it; tRPC takes it from `request.body`.
 */
export function apiGate(options: GateOptions): RequestHandler {
  return async (request, response, next) => {
    try {
      const fault = faultOf(request, options);
      if (fault !== null) throw fault;
      if (request.method === 'POST') {
        const body = await readBody(request, options.maxBodyBytes);
        // The client is gone.
        if (body === null) return;
        // As fetch reads a body: a byte order mark in front is none of the text.
        request.body = new TextDecoder().decode(body);
      }
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      if (error.httpStatus === 405) response.setHeader('Allow', 'GET, HEAD, POST');
      refuse(response, error);
      return;
    }
    next();
  };
}

function faultOf(request: Request, { maxBatchSize }: GateOptions): RequestRefused | null {
  if (!['GET', 'HEAD', 'POST'].includes(request.method))
    return new RequestRefused('METHOD_NOT_SUPPORTED', 'Queries are called with GET, mutations with POST.');
  // A page may send any other type to any origin without being asked whether it may.
  if (request.method === 'POST' && mediaTypeOf(request) !== 'application/json') {
    return new RequestRefused(
      'UNSUPPORTED_MEDIA_TYPE',
      'The request body must be JSON, and have the content type application/json.',
    );
  }
  // As tRPC reads it: the last part of the path, once decoded, with a comma between the calls; of several `batch`, the first.
  const procedures = request.path.slice(request.path.lastIndexOf('/') + 1);
  const query = new URLSearchParams(/\?(.*)/.exec(request.url)?.[1]);
  const calls = query.get('batch') === '1' ? procedures.split(/,|%2c/i).length : 1;
  if (calls <= maxBatchSize) return null;
  return new RequestRefused(
    'BAD_REQUEST',
    `One request can batch at most ${maxBatchSize} calls; this one has ${calls}. Send them in several requests.`,
  );
}

/** Media types don't tell upper from lower case (RFC 9110, 8.3.1). */
function mediaTypeOf({ headers }: IncomingMessage): string | undefined {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

/**
 * The body; null where the client left before its end.
 * @throws RequestRefused for one that is larger than it may be, as soon as that is known
 */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const tooLarge = new RequestRefused(
    'PAYLOAD_TOO_LARGE',
    `The request body is too large: this server takes ${maxBytes} bytes.`,
  );
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (settle: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else done(() => reject(tooLarge));
    };
    const onEnd = (): void => done(() => resolve(Buffer.concat(chunks)));
    const onClose = (): void => done(() => resolve(null));
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
