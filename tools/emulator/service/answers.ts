import { text } from './activities.ts';

/** One thing in the body of an answer, in the order it is sent. */
export type StreamItem =
  /** A frame with this activity, stamped with an id, the conversation and the agent's name where it has none. */
  | { readonly activity: object }
  /** An `activity` frame with this text for its data, whatever it is. */
  | { readonly data: string }
  /** These characters as they are. */
  | { readonly raw: string }
  /** Nothing more before this has settled. */
  | { readonly until: Promise<unknown> };

/** How the frames are spelt; the server-sent events specification allows all of these. */
export interface FrameStyle {
  readonly lineEnd: '\n' | '\r\n' | '\r';
  /** Whether frames carry an `id`. */
  readonly ids: boolean;
  /** Whether the JSON goes over several `data` lines. */
  readonly manyLines: boolean;
  /** Whether comments, as services send them to keep a connection alive, stand between the frames. */
  readonly comments: boolean;
}

export interface StreamAnswer {
  readonly kind: 'stream';
  readonly items: readonly StreamItem[];
  /** `end`: the frame that says so. `close`: the body ends without it. `hang`: it stays open, and nothing comes. */
  readonly ending: 'end' | 'close' | 'hang';
  /** Where the conversation's id is told; `nowhere` leaves the activities without it too. */
  readonly conversationIdIn: 'header' | 'activities' | 'nowhere';
  /** The id that is told instead of the conversation's own. */
  readonly claimedConversationId: string | null;
  readonly contentType: string;
  readonly style: FrameStyle;
  readonly pace: { readonly bytes: number; readonly everyMs: number } | null;
  /** The socket is cut after so many bytes of the body. */
  readonly dropAfterBytes: number | null;
}

interface StatusAnswer {
  readonly kind: 'status';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes the request, and never says a thing: no headers either. */
interface SilentAnswer {
  readonly kind: 'silence';
}

/** Resets the connection while the request's body is still on its way. */
interface ResetAnswer {
  readonly kind: 'reset';
}

export type Answer = StreamAnswer | StatusAnswer | SilentAnswer | ResetAnswer;

/** Whether the agent has heard what was sent, so that sending it again would tell it twice. */
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

/** A healthy service's answer: these activities, then the end. `how` changes any part of it. */
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
