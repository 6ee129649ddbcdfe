import type { Answer } from './answer.ts';
import type { RecordedRequest, RequestKind } from './recorded-request.ts';

/** What the agent behind the emulator is told of a request that is in order. */
export interface Heard {
  readonly kind: 'start' | 'message';
  /** The conversation it happens in: for an unknown id in the path, a new one. */
  readonly conversationId: string;
  /** The message, invoke or event activity; `null` for a start. */
  readonly activity: Readonly<Record<string, unknown>> | null;
  readonly locale: string | null;
  readonly emitStartConversationEvent: boolean;
}

export interface EmulatorOptions {
  /** @default a free port */
  readonly port?: number;
  /** What the agent says where nothing is scripted. @default a greeting, and then an echo */
  readonly agent?: (heard: Heard) => Answer | Promise<Answer>;
  /** The only bearer tokens that are let in. @default any */
  readonly acceptedTokens?: readonly string[];
  /** Whether disposing throws when a message was posted more than once. @default true */
  readonly checkPosts?: boolean;
  /** Called with every request when it has been read. */
  readonly onRequest?: (request: RecordedRequest) => void;
}

interface PostCounts {
  readonly start: number;
  readonly message: number;
  readonly total: number;
  /** Those the agent heard. */
  readonly heard: number;
}

/** Copilot Studio's direct-to-engine conversations API, on a loopback port. To be held by `await using`. */
export interface Emulator extends AsyncDisposable {
  /** The direct connect URL: `…/conversations` goes behind its path. */
  readonly url: string;
  /** Every request, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** What the next requests of that kind get, one each, instead of what the agent would say. */
  next(kind: 'start' | 'message' | 'subscribe', ...answers: readonly Answer[]): void;
  /** How many POSTs there were. */
  posts(): PostCounts;
  /** The message POSTs whose activity's text contains these words: the POSTs of a turn. */
  postsWith(words: string): readonly RecordedRequest[];
  /**
   * Throws when a message was posted again, to whichever conversation, unless it was refused with 401 before.
   * Disposing does the same.
   */
  checkOnePostPerTurn(): void;
  /** Resolves with the next request of that kind, when it has been read. */
  received(kind: RequestKind): Promise<RecordedRequest>;
  /** From now on only these bearer tokens are let in. */
  acceptOnly(...tokens: readonly string[]): void;
  /** The agent speaks without being asked: whoever subscribes to the conversation gets it. */
  push(conversationId: string, ...activities: readonly object[]): void;
  /** Refuses connections until `listenAgain`, and cuts those that are open. */
  stopListening(): Promise<void>;
  listenAgain(): Promise<void>;
}
