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
