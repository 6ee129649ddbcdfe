/**
 * The short way for a single call: a POST of JSON to a mutation or a GET of a query, alone or as a batch of one.
 *
 * The job: answer with the bytes that the express middlewares and tRPC's adapter would send, without the objects that
 * they build for each request (a `Request`, a `Response`, an `AbortController`, streams). The boundary: it decides by
 * the request line and the headers, and takes a request only if these leave no doubt. Everything else (subscriptions,
 * larger batches, streamed answers, CORS preflights, unknown paths, wrong methods, bodies of unknown or excessive size,
 * foreign hosts and pages) goes to express, untouched. Decision 63 lists it. It keeps that
 * - a call runs through the same router, context, error shape and reports on either way;
 * - no caller can choose a way that checks less (I8, I11);
 * - a client that leaves does not stop the call.
 */
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { AnyTRPCRouter, TRPCError } from '@trpc/server';
import type { RouterContext } from '../router/procedure.ts';
import { runSingleCall } from '../router/run-single-call.ts';
import type { SingleCall } from '../router/run-single-call.ts';
import { mediaTypeOf } from './api-gate.ts';

interface SingleCallOptions {
  readonly router: AnyTRPCRouter;
  readonly apiPath: string;
  readonly maxBodyBytes: number;
  /** Returns true for a request that names a host of this server and comes from no foreign page. */
  readonly isKnown: (request: IncomingMessage) => boolean;
  readonly createContext: (request: IncomingMessage) => Promise<RouterContext>;
  readonly onError: (error: TRPCError) => void;
  /** The headers of a call's answer, names and values in turn, by the request's `Origin`. */
  readonly headersFor: (origin: string | undefined) => readonly string[];
}

type TryListener = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Returns a listener that answers single calls. It returns false for other requests, and has not touched them then. */
export function singleCalls(options: SingleCallOptions): TryListener {
  const { router, apiPath, maxBodyBytes, isKnown } = options;
  const types = typesOf(router);
  return (request, response) => {
    const target = readTarget(request.url ?? '', `${apiPath}/`);
    const type = target === null ? undefined : types.get(target.path);
    if (target === null || type === undefined || !isOrdinary(request)) return false;
    const isComplete =
      type === 'mutation' ? isPostOf(target, request, maxBodyBytes) : isGetWithoutBody(request);
    if (!isComplete || !isKnown(request)) return false;
    const { path, isBatch, input } = target;
    const run = (text: string | null): void => {
      // A fault of the error's own report must not end the process, and with it the turns of others.
      answer(options, { path, type, isBatch, text }, request, response).catch(() => response.destroy());
    };
    if (type === 'mutation') readBody(request, run);
    else run(input);
    return true;
  };
}

async function answer(
  { router, createContext, onError, headersFor }: SingleCallOptions,
  call: SingleCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const {
    status,
    body,
    headers: ofFailure,
  } = await runSingleCall(router, call, {
    createContext: () => createContext(request),
    onError,
  });
  const headers = headersFor(request.headers.origin);
  const all = ofFailure.length === 0 ? headers : [...headers, ...ofFailure];
  response.writeHead(status, all as OutgoingHttpHeader[]);
  response.end(body);
}

/**
 * The types of the procedures by their path, without subscriptions. A map, so that no path reaches an inherited key.
 */
function typesOf(router: AnyTRPCRouter): ReadonlyMap<string, SingleCall['type']> {
  // tRPC's own adapter looks procedures up in this flat record, and so does `callTRPCProcedure`.
  const procedures = router._def.procedures as Readonly<
    Record<string, { readonly _def: { readonly type: string } }>
  >;
  return new Map(
    Object.entries(procedures).flatMap(([path, { _def }]) =>
      _def.type === 'query' || _def.type === 'mutation' ? [[path, _def.type] as const] : [],
    ),
  );
}

/**
 * Returns false for a request that tRPC may answer with a stream, for one whose content type it may refuse, and for one
 * of an older HTTP.
 */
function isOrdinary(request: IncomingMessage): boolean {
  const { headers, httpVersion } = request;
  if (httpVersion !== '1.1' || headers['trpc-accept'] !== undefined) return false;
  if (headers.accept?.includes('jsonl') === true) return false;
  return headers['content-type'] === undefined || mediaTypeOf(request) === 'application/json';
}

function isGetWithoutBody({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
  );
}

/** Returns true for a POST whose input is a body of a known and allowed size, and of a known type. */
function isPostOf({ input }: Target, { method, headers }: IncomingMessage, maxBodyBytes: number): boolean {
  const { 'content-length': length, 'content-type': type } = headers;
  if (method !== 'POST' || input !== null || type === undefined || length === undefined) return false;
  // Node refuses both together, unless it is told to be lenient.
  if (headers['transfer-encoding'] !== undefined) return false;
  return Number(length) <= maxBodyBytes;
}

interface Target {
  readonly path: string;
  readonly isBatch: boolean;
  /** The input in the query string, as JSON; null for none. */
  readonly input: string | null;
}

// The query strings that tRPC's clients write. URLSearchParams reads a "+" in another way, and a "#" ends the query.
const targetPattern = /^([\w.]+)(?:(\?batch=1)(?:&input=([!"$%'-*,-~]+))?|\?input=([!"$%'-*,-~]+))?$/;

function readTarget(url: string, prefix: string): Target | null {
  if (!url.startsWith(prefix)) return null;
  const match = targetPattern.exec(url.slice(prefix.length));
  if (match === null) return null;
  const [, path = '', batch, batchInput, singleInput] = match;
  const encoded = batchInput ?? singleInput;
  try {
    const input = encoded === undefined ? null : decodeURIComponent(encoded);
    return { path, isBatch: batch !== undefined, input };
  } catch {
    return null;
  }
}

const decoder = new TextDecoder();

/** Reads a body whose length the parser enforces. If the client leaves before its end, nothing follows. */
function readBody(request: IncomingMessage, then: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first = Buffer.alloc(0)] = chunks;
    const text = decoder.decode(chunks.length === 1 ? first : Buffer.concat(chunks));
    // The decoder takes a byte order mark off. So does fetch, by which tRPC's adapter reads bodies, as often as it
    // likes.
    if (text.startsWith('\uFEFF')) void new Response(text).text().then(then);
    else then(text);
  });
}
