import { text } from './activities.ts';
import type { Answer, StreamAnswer, StreamItem } from './answer.ts';

const plain: StreamAnswer = {
  kind: 'stream',
  items: [],
  ending: 'end',
  conversationIdIn: 'header',
  claimedConversationId: null,
  contentType: 'text/event-stream',
  style: { lineEnd: '\n', ids: false, manyLines: false, comments: false },
  pace: null,
  dropAfterBytes: null,
};

/** What a service in good health does: these activities, then the end. `how` changes any part of that. */
export function answersWith(activities: readonly object[], how: Partial<StreamAnswer> = {}): StreamAnswer {
  return { ...plain, items: activities.map((activity) => ({ activity })), ...how };
}

export function says(words: string, how: Partial<StreamAnswer> = {}): StreamAnswer {
  return answersWith([text(words)], how);
}

/** For bodies that are more than activities. */
export function streams(items: readonly StreamItem[], how: Partial<StreamAnswer> = {}): StreamAnswer {
  return { ...plain, items, ...how };
}

/** 204: a clean end with nothing in it. */
export const saysNothing: Answer = { kind: 'status', status: 204, headers: {}, body: '' };

interface Refusal {
  /** Seconds, or a date as HTTP writes it. */
  readonly retryAfter?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuses(status: number, { retryAfter, body = '', headers = {} }: Refusal = {}): Answer {
  const wait = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { kind: 'status', status, headers: { ...headers, ...wait }, body };
}

export function redirectsTo(location: string, status: 301 | 302 | 303 | 307 | 308 = 307): Answer {
  return { kind: 'status', status, headers: { location }, body: '' };
}

export const staysSilent: Answer = { kind: 'silence' };
export const resetsTheRequest: Answer = { kind: 'reset' };
