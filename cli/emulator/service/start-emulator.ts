import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './answers.ts';
import { isHeard, says } from './answers.ts';
import type { RecordedRequest, RequestKind } from './read-request.ts';
import { objectionTo, readAddress, readBody, readFirstChunk, readPostBody } from './read-request.ts';
import { checkOnePostPerTurn, Entry, RequestLog } from './request-log.ts';
import { Conversations } from './conversations.ts';
import { sendAnswer, sendSubscription } from './send-answer.ts';

/** A valid request, as the emulated agent gets it. */
export interface Heard {
  readonly kind: 'start' | 'message';
  /** The request's conversation; a new one if the id in the path is unknown. */
  readonly conversationId: string;
  /** The message, invoke or event activity; `null` for a start. */
  readonly activity: Readonly<Record<string, unknown>> | null;
  readonly locale: string | null;
  readonly emitStartConversationEvent: boolean;
}

export interface EmulatorOptions {
  /** @default a free port */
  readonly port?: number;
  /** Answers requests without a scripted answer. @default a greeting, then an echo */
  readonly agent?: (heard: Heard) => Answer | Promise<Answer>;
  /** Accepted bearer tokens. @default any */
  readonly acceptedTokens?: readonly string[];
  /** If true, disposal throws if a message was posted more than once. @default true */
  readonly checkPosts?: boolean;
  /** Called with each request after its body has been read. */
  readonly onRequest?: (request: RecordedRequest) => void;
}

interface PostCounts {
  readonly start: number;
  readonly message: number;
  readonly total: number;
  /** POSTs that the agent has heard. */
  readonly heard: number;
}

/** Copilot Studio's direct-to-engine conversations API on a loopback port. Hold it with `await using`. */
export interface Emulator extends AsyncDisposable {
  /** The direct connect URL; clients append `/conversations` to its path. */
  readonly url: string;
  /** Every request, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Scripts the answers to the next requests of a kind, one each, in place of the agent's. */
  next(kind: 'start' | 'message' | 'subscribe', ...answers: readonly Answer[]): void;
  posts(): PostCounts;
  /** The POSTs of a turn: messages whose text contains these words. */
  postsWith(words: string): readonly RecordedRequest[];
  /**
   * Throws if a message was posted twice, to any conversation, unless a 401 refused the first. Disposal does the same.
   */
  checkOnePostPerTurn(): void;
  /** Resolves with the next request of a kind after its body has been read. */
  received(kind: RequestKind): Promise<RecordedRequest>;
  /** Accepts only these bearer tokens from now on. */
  acceptOnly(...tokens: readonly string[]): void;
  /** Sends activities that nobody asked for to all subscribers of the conversation. */
  push(conversationId: string, ...activities: readonly object[]): void;
  /** Cuts open connections, and refuses new ones until `listenAgain`. */
  stopListening(): Promise<void>;
  listenAgain(): Promise<void>;
}

/** Has the form of a path of the real service. */
const basePath = '/copilotstudio/dataverse-backed/authenticated/bots/emulated_agent';

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { agent = echo, checkPosts = true } = options;
  const conversations = new Conversations();
  const log = new RequestLog(options.onRequest);
  const scripted: Record<'start' | 'message' | 'subscribe', Answer[]> = {
    start: [],
    message: [],
    subscribe: [],
  };
  let acceptedTokens = options.acceptedTokens === undefined ? null : new Set(options.acceptedTokens);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = readAddress(request, basePath);
    if (address.kind !== 'unknown' && scripted[address.kind][0]?.kind === 'reset') {
      scripted[address.kind].shift();
      const entry = new Entry(address, request, response, await readFirstChunk(request));
      log.add(entry);
      entry.cut();
      return;
    }
    const entry = new Entry(address, request, response, await readBody(request));
    log.add(entry);
    const { kind, method, headers, body } = entry;
    const objection = objectionTo({ address: { ...address, kind }, method, headers, body }, acceptedTokens);
    const scriptedAnswer = objection ?? (kind === 'unknown' ? null : (scripted[kind].shift() ?? null));
    if (kind === 'subscribe' && scriptedAnswer === null) {
      const lastEventId = Number(headers['last-event-id'] ?? 0);
      await sendSubscription(conversations.findOrBegin(address.conversationId), lastEventId, response);
      return;
    }
    const conversation = conversations.findOrBegin(address.conversationId);
    const answer = scriptedAnswer ?? (await agent(heardIn(entry, conversation.id)));
    entry.isHeard = isHeard(answer);
    await sendAnswer(answer, conversation, { response, cut: () => entry.cut() });
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Either the client left, and nobody reads this answer, or the agent threw.
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const stopListening = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const port = await listen(options.port ?? 0);

  return {
    url: `http://127.0.0.1:${port}${basePath}`,
    requests: log.entries,
    next: (kind, ...answers) => void scripted[kind].push(...answers),
    posts: () => {
      const posts = log.entries.filter(({ method }) => method === 'POST');
      const count = (kind: 'start' | 'message'): number => posts.filter((post) => post.kind === kind).length;
      const heard = posts.filter((post) => post.isHeard).length;
      return { start: count('start'), message: count('message'), total: posts.length, heard };
    },
    postsWith: (words) =>
      log.entries.filter(({ kind, text }) => kind === 'message' && text?.includes(words) === true),
    checkOnePostPerTurn: () => checkOnePostPerTurn(log.entries),
    received: (kind) => log.received(kind),
    acceptOnly: (...tokens) => {
      acceptedTokens = new Set(tokens);
    },
    push: (conversationId, ...activities) => {
      const conversation = conversations.find(conversationId);
      if (conversation === null) throw new Error(`no conversation ${conversationId}`);
      for (const activity of activities) conversation.say(conversation.stamp(activity, conversationId));
    },
    stopListening,
    listenAgain: async () => {
      await listen(port);
    },
    [Symbol.asyncDispose]: async () => {
      await stopListening();
      if (checkPosts) checkOnePostPerTurn(log.entries);
    },
  };
}

function heardIn(entry: Entry, conversationId: string): Heard {
  const post = readPostBody(entry.body);
  return {
    kind: entry.kind === 'start' ? 'start' : 'message',
    conversationId,
    activity: post?.activity ?? null,
    locale: post?.locale ?? null,
    emitStartConversationEvent: post?.emitStartConversationEvent ?? false,
  };
}

function echo({ kind, activity }: Heard): Answer {
  if (kind === 'start') return says('Hello, I am the emulated agent.');
  return says(
    `You said: ${typeof activity?.['text'] === 'string' ? activity['text'] : JSON.stringify(activity)}`,
  );
}
