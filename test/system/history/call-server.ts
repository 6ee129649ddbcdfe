import type { ConversationKey } from '../../../server/domain/identity.ts';
import { readAnswer } from '../../support/post.ts';
import type { Outcome, Request } from './history.ts';
import { writeWords } from './turn-text.ts';

interface Target {
  readonly url: string;
  /** The time for which the caller waits for an answer. */
  readonly patienceMs: number;
}

/** Makes one call over HTTP and returns its outcome; never throws. */
export async function callServer(target: Target, key: ConversationKey, request: Request): Promise<Outcome> {
  try {
    const { status, data, error } = await readAnswer(await send(target, key, request));
    if (error === null) return { kind: 'answered', answer: data };
    const { reason, isOutcomeUnknown } = error.data;
    return {
      kind: 'refused',
      status,
      reason,
      message: error.message,
      isOutcomeUnknown: isOutcomeUnknown === true,
    };
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.name : String(error) };
  }
}

function inputOf({ form, words }: Extract<Request, { op: 'turn' }>): object {
  const text = writeWords(words);
  const data = { [words.field]: words.value };
  switch (form) {
    case 'words':
      return { type: 'text', text };
    case 'data':
      return { type: 'data', data, text };
    case 'quiet data':
      return { type: 'data', data, text, respond: false };
    case 'undo':
      return { type: 'undo' };
  }
}

async function send(
  { url, patienceMs }: Target,
  { tenant, user, conversationId }: ConversationKey,
  request: Request,
): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-dev-tenant': tenant, 'x-dev-user': user };
  const signal = AbortSignal.timeout(patienceMs);
  const mutate = (path: string, input: object): Promise<Response> =>
    fetch(`${url}/trpc/${path}`, {
      method: 'POST',
      headers,
      signal,
      body: JSON.stringify({ json: { conversationId, ...input } }),
    });
  switch (request.op) {
    case 'turn':
      return mutate('workflow.turn', {
        turnId: request.turnId,
        input: inputOf(request),
        whenBusy: request.whenBusy,
      });
    case 'stop':
      return mutate('workflow.stop', {});
    case 'end':
      return mutate('workflow.end', {
        outcome: 'cancelled',
        purge: request.purge,
        whenBusy: request.whenBusy,
      });
    case 'get': {
      const input = encodeURIComponent(JSON.stringify({ json: { conversationId } }));
      return fetch(`${url}/trpc/workflow.get?input=${input}`, { headers, signal });
    }
  }
}
