import { text } from './activities.ts';

/** One part of an answer's body. */
export type StreamItem =
  /** A frame with this activity; a missing id, conversation or sender is added. */
  | { readonly activity: object }
  /** An `activity` frame with this text as its data, which need not be JSON. */
  | { readonly data: string }
  /** Raw characters of the body. */
  | { readonly raw: string }
  /** The answer pauses until this promise has settled. */
  | { readonly until: Promise<unknown> };

/** The spelling of the frames; the specification of server-sent events allows all of these. */
export interface FrameStyle {
  readonly lineEnd: '\n' | '\r\n' | '\r';
  /** True to give frames an `id`. */
  readonly ids: boolean;
  /** True to spread the JSON over several `data` lines. */
  readonly manyLines: boolean;
  /** True to send comments between the frames, as services do to keep a connection alive. */
  readonly comments: boolean;
}

export interface StreamAnswer {
  readonly kind: 'stream';
  readonly items: readonly StreamItem[];
  /** `end`: an `end` frame. `close`: the body ends without that frame. `hang`: the body stays open and silent. */
  readonly ending: 'end' | 'close' | 'hang';
  /** The place of the conversation's id; `nowhere` also leaves it out of the activities. */
  readonly conversationIdIn: 'header' | 'activities' | 'nowhere';
  /** An id to send in place of the conversation's own. */
  readonly claimedConversationId: string | null;
  readonly contentType: string;
  readonly style: FrameStyle;
  readonly pace: { readonly bytes: number; readonly everyMs: number } | null;
  /** Bytes of the body after which the emulator cuts the socket. */
  readonly dropAfterBytes: number | null;
}

interface StatusAnswer {
  readonly kind: 'status';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes the request and never answers; it sends no headers either. */
interface SilentAnswer {
  readonly kind: 'silence';
}

/** Resets the connection while the request's body is still on its way. */
interface ResetAnswer {
  readonly kind: 'reset';
}

export type Answer = StreamAnswer | StatusAnswer | SilentAnswer | ResetAnswer;

/** True if the agent has heard a request with this answer, so that a second request would be a repeat. */
export function isHeard(answer: Answer): boolean {
  switch (answer.kind) {
    case 'stream':
    case 'silence':
      return true;
    case 'reset':
      return false;
    case 'status':
      return answer.status < 300;
  }
}

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

/** The answer of a healthy service: these activities, then the `end` frame. `how` changes any part of it. */
export function answersWith(activities: readonly object[], how: Partial<StreamAnswer> = {}): StreamAnswer {
  return { ...plain, items: activities.map((activity) => ({ activity })), ...how };
}

export function says(words: string, how: Partial<StreamAnswer> = {}): StreamAnswer {
  return answersWith([text(words)], how);
}

/** An answer with any parts, for bodies that hold more than activities. */
export function streams(items: readonly StreamItem[], how: Partial<StreamAnswer> = {}): StreamAnswer {
  return { ...plain, items, ...how };
}

/** 204: a clean end with nothing in it. */
export const saysNothing: Answer = { kind: 'status', status: 204, headers: {}, body: '' };

interface EmulatedRefusal {
  /** Seconds, or a date as HTTP writes it. */
  readonly retryAfter?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuses(
  status: number,
  { retryAfter, body = '', headers = {} }: EmulatedRefusal = {},
): Answer {
  const wait = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { kind: 'status', status, headers: { ...headers, ...wait }, body };
}

export function redirectsTo(location: string, status: 301 | 302 | 303 | 307 | 308 = 307): Answer {
  return { kind: 'status', status, headers: { location }, body: '' };
}

export const staysSilent: Answer = { kind: 'silence' };
export const resetsTheRequest: Answer = { kind: 'reset' };
