import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { RequestKind } from './recorded-request.ts';

/** What the address of a request says, before its body is there. */
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

/** With an activity it is a message, wherever it is posted; without, a start. */
export function kindOfPost(body: PostBody): 'start' | 'message' {
  return body.activity === undefined ? 'start' : 'message';
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** As much of the body as comes at once; then nothing more is read. */
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
