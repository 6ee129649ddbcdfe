import type { IncomingHttpHeaders } from 'node:http';

export type RequestKind = 'start' | 'message' | 'subscribe' | 'unknown';

/** How the exchange ended: by the emulator's whole answer, by its cutting the connection, or by the client's leaving. */
export type Closing = 'answered' | 'cut' | 'left';

/** A request as it came in, and what became of it. */
export interface RecordedRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The names and values of the headers as they were spelt, in order. */
  readonly rawHeaders: readonly string[];
  readonly rawBody: string;
  /** What the body says; `null` for no body, or none in JSON. */
  readonly body: unknown;
  /** The id in the path. */
  readonly conversationId: string | null;
  /** The activity's text; `null` where there is none. */
  readonly text: string | null;
  /** The status it was answered with; `null` before that, and for silence. */
  readonly status: number | null;
  /** Whether the agent heard it, so that sending it again would tell it twice. */
  readonly isHeard: boolean;
  /** Resolves when nothing more can come. */
  readonly closed: Promise<Closing>;
}
