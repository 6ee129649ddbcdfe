/**
 * The gate before tRPC: it lets through requests for a known host, from a known page, that can be a call. Every refusal has
 * the form of a call's error. The body is read here, so that it is bounded before anything else looks at it (I11).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { refusalBody } from '../router/error-shape.ts';
import { RequestRefused } from '../router/failure.ts';
import type { Addresses } from './addresses.ts';

/** Refuses requests for other hosts, on every path. */
export function requireKnownHost(addresses: Addresses, apiPath: string): RequestHandler {
  return (request, response, next) => {
    const fault = addresses.hostFault(request);
    if (fault === null) next();
    else if (request.path === apiPath || request.path.startsWith(`${apiPath}/`)) refuse(response, fault);
    else response.status(fault.httpStatus).json({ error: fault.message });
  };
}

/** Refuses calls from pages that may not make them. */
export function requireKnownOrigin(addresses: Addresses): RequestHandler {
  return (request, response, next) => {
    const fault = addresses.originFault(request);
    if (fault === null) next();
    else refuse(response, fault);
  };
}

interface GateOptions {
  readonly maxBodyBytes: number;
  /** The most calls in one request. */
  readonly maxBatchSize: number;
}

/**
 * Refuses requests that can't be a call: a call is a GET, or a POST of JSON, with a bounded body and a bounded number of
 * procedures. The body becomes a text in `request.body`, where tRPC takes it from.
 */
export function requireCall(options: GateOptions): RequestHandler {
  return async (request, response, next) => {
    try {
      const fault = faultOf(request, options);
      if (fault !== null) throw fault;
      if (request.method === 'POST') {
        const body = await bodyOf(request, options.maxBodyBytes);
        // The client has left.
        if (body === null) return;
        // A byte order mark is not part of the text, as for fetch.
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
  // A page can send some other types to any origin without a CORS preflight.
  if (request.method === 'POST' && mediaTypeOf(request) !== 'application/json') {
    return new RequestRefused(
      'UNSUPPORTED_MEDIA_TYPE',
      'The request body must be JSON, and have the content type application/json.',
    );
  }
  // tRPC takes the decoded last part of the path, splits it at commas, and reads the first `batch` parameter.
  const procedures = request.path.slice(request.path.lastIndexOf('/') + 1);
  const query = new URLSearchParams(/\?(.*)/.exec(request.url)?.[1]);
  const calls = query.get('batch') === '1' ? procedures.split(/,|%2c/i).length : 1;
  if (calls <= maxBatchSize) return null;
  return new RequestRefused(
    'BAD_REQUEST',
    `One request can batch at most ${maxBatchSize} calls; this one has ${calls}. Send them in several requests.`,
  );
}

/** The media type in lower case: its case has no meaning (RFC 9110, 8.3.1). */
export function mediaTypeOf({ headers }: IncomingMessage): string | undefined {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

/**
 * Returns the body; null if the client leaves before its end. A body parser of the application that this one is mounted in
 * may have read it: then it is what that parser left.
 * @throws RequestRefused as soon as the body is known to be too large
 */
async function bodyOf(request: Request, maxBytes: number): Promise<Uint8Array | null> {
  const tooLarge = new RequestRefused(
    'PAYLOAD_TOO_LARGE',
    `The request body is too large: this server takes ${maxBytes} bytes.`,
  );
  if (!request.readableDidRead) return readBody(request, maxBytes, tooLarge);
  const body = parsedBody(request.body);
  if (body.byteLength > maxBytes) throw tooLarge;
  return body;
}

/** The bytes of a body that a parser left as a text, as bytes, or as the value that its JSON stood for. */
function parsedBody(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  tooLarge: RequestRefused,
): Promise<Buffer | null> {
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

function refuse(response: ServerResponse, failure: RequestRefused): void {
  response.statusCode = failure.httpStatus;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  response.end(refusalBody(failure));
}
