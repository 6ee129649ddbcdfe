import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Answer } from './answers.ts';
import { refuses } from './answers.ts';

export type RequestKind = 'start' | 'message' | 'subscribe' | 'unknown';

/** End of an exchange: the answer was sent, the emulator cut the connection, or the client left. */
export type Closing = 'answered' | 'cut' | 'left';

export interface RecordedRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Header names and values in their original spelling and order. */
  readonly rawHeaders: readonly string[];
  readonly rawBody: string;
  /** The parsed body; `null` without a body, or if it is not JSON. */
  readonly body: unknown;
  /** The conversation id in the path. */
  readonly conversationId: string | null;
  /** The activity's text, if it has one. */
  readonly text: string | null;
  /** The status of the answer; `null` before the answer, and for silence. */
  readonly status: number | null;
  /** True if the agent has heard the request, so that a second one would be a repeat. */
  readonly isHeard: boolean;
  /** Resolves when the exchange has ended. */
  readonly closed: Promise<Closing>;
}

/** The facts that the address of a request shows before its body arrives. */
export interface Addressed {
  readonly kind: RequestKind;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly conversationId: string | null;
}

/** `{base}/conversations`, `{base}/conversations/{id}`, `{base}/conversations/{id}/subscribe`. */
export function readAddress({ method, url = '/' }: IncomingMessage, basePath: string): Addressed {
  const { pathname, searchParams } = new URL(url, 'http://loopback');
  const query = Object.fromEntries(searchParams);
  const unknown = { kind: 'unknown', path: pathname, query, conversationId: null } as const;
  if (!pathname.startsWith(`${basePath}/conversations`)) return unknown;
  const [collection, id, tail, ...more] = pathname.slice(basePath.length + 1).split('/');
  if (collection !== 'conversations' || more.length > 0 || id === '') return unknown;
  const conversationId = id === undefined ? null : decodeURIComponent(id);
  const address = { path: pathname, query, conversationId };
  if (tail === 'subscribe' && method === 'GET') return { ...address, kind: 'subscribe' };
  if (tail !== undefined || method !== 'POST') return { ...address, kind: 'unknown' };
  return { ...address, kind: conversationId === null ? 'start' : 'message' };
}

const bodySchema = z.looseObject({
  activity: z.looseObject({ type: z.string().min(1), text: z.string().optional() }).optional(),
  conversationId: z.string().optional(),
  emitStartConversationEvent: z.boolean().optional(),
  locale: z.string().optional(),
});

export type PostBody = z.infer<typeof bodySchema>;

export function readPostBody(json: unknown): PostBody | null {
  const parsed = bodySchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

/** A POST with an activity is a message, whatever its path; one without is a start. */
export function kindOfPost(body: PostBody): 'start' | 'message' {
  return body.activity === undefined ? 'start' : 'message';
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads the first chunk of the body, and no more. */
export async function readFirstChunk(request: IncomingMessage): Promise<string> {
  const first: Buffer = await new Promise((resolve) => {
    request.once('data', resolve).once('end', () => resolve(Buffer.alloc(0)));
  });
  request.pause();
  return first.toString('utf8');
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export const apiVersion = '2022-03-01-preview';

interface Incoming {
  readonly address: Addressed;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Returns the service's refusal of a request; `null` for a valid one. */
export function objectionTo(incoming: Incoming, acceptedTokens: ReadonlySet<string> | null): Answer | null {
  const { address, headers } = incoming;
  if (address.kind === 'unknown') return refuse(404, 'NotFound');
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined || acceptedTokens?.has(token) === false) {
    return refuses(401, { headers: { 'www-authenticate': 'Bearer' } });
  }
  if (address.query['api-version'] !== apiVersion) return refuse(400, 'UnsupportedApiVersion');
  if (headers.accept !== 'text/event-stream') return refuse(406, 'NotAcceptable');
  return address.kind === 'subscribe' ? null : objectionToPost(incoming);
}

function objectionToPost({ address, headers, body }: Incoming): Answer | null {
  if (!/^application\/json(;|$)/.test(headers['content-type'] ?? ''))
    return refuse(415, 'UnsupportedMediaType');
  const post = readPostBody(body);
  if (post === null) return refuse(400, 'InvalidBody');
  const isElsewhere = post.conversationId !== undefined && post.conversationId !== address.conversationId;
  return isElsewhere ? refuse(400, 'ConversationIdMismatch') : null;
}

function refuse(status: number, code: string): Answer {
  return refuses(status, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code, message: code } }),
  });
}
