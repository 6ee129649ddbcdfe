import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './answer.ts';
import { refuses } from './answers.ts';
import { readPostBody } from './read-request.ts';
import type { Addressed } from './read-request.ts';

export const apiVersion = '2022-03-01-preview';

interface Incoming {
  readonly address: Addressed;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What the service has against a request; `null` for one in order. */
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
