import type { IncomingMessage, ServerResponse } from 'node:http';
import { kindOfPost, parseJson, readPostBody } from './read-request.ts';
import type { Addressed, Closing, RecordedRequest, RequestKind } from './read-request.ts';

export class Entry implements RecordedRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  readonly query: RecordedRequest['query'];
  readonly headers: RecordedRequest['headers'];
  readonly rawHeaders: readonly string[];
  readonly rawBody: string;
  readonly body: unknown;
  readonly conversationId: string | null;
  readonly text: string | null;
  readonly closed: Promise<Closing>;
  isHeard = false;
  #isCut = false;
  readonly #response: ServerResponse;

  constructor(address: Addressed, request: IncomingMessage, response: ServerResponse, rawBody: string) {
    const body = rawBody === '' ? null : parseJson(rawBody);
    const post = readPostBody(body);
    const isPost = address.kind === 'start' || address.kind === 'message';
    this.kind = isPost && post !== null ? kindOfPost(post) : address.kind;
    this.method = request.method ?? '';
    this.path = address.path;
    this.query = address.query;
    this.headers = request.headers;
    this.rawHeaders = request.rawHeaders;
    this.rawBody = rawBody;
    this.body = body;
    this.conversationId = address.conversationId;
    this.text = post?.activity?.text ?? null;
    this.#response = response;
    this.closed = closingOf(response, () => this.#isCut);
  }

  get status(): number | null {
    return this.#response.headersSent ? this.#response.statusCode : null;
  }

  cut(): void {
    this.#isCut = true;
    this.#response.socket?.resetAndDestroy();
  }
}

function closingOf(response: ServerResponse, isCut: () => boolean): Promise<Closing> {
  const closing = (): Closing => {
    if (isCut()) return 'cut';
    return response.writableFinished ? 'answered' : 'left';
  };
  if (response.destroyed) return Promise.resolve(closing());
  return new Promise((resolve) => response.once('close', () => resolve(closing())));
}

/** All requests, and the callers that wait for the next one of a kind. */
export class RequestLog {
  readonly entries: Entry[] = [];
  readonly #waiting: { readonly kind: RequestKind; readonly tell: (request: RecordedRequest) => void }[] = [];

  readonly #onRequest: (request: RecordedRequest) => void;

  constructor(onRequest: (request: RecordedRequest) => void = () => undefined) {
    this.#onRequest = onRequest;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.#onRequest(entry);
    const told = this.#waiting.filter(({ kind }) => kind === entry.kind);
    for (const waiter of told) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.tell(entry);
    }
  }

  received(kind: RequestKind): Promise<RecordedRequest> {
    return new Promise((tell) => this.#waiting.push({ kind, tell }));
  }
}

/**
 * Checks that each message was posted once, to whichever conversation. A message that a 401 refused may come again with
 * another token. After any other answer, or none, the agent may have heard the message.
 * @throws Error if a message came more often
 */
export function checkOnePostPerTurn(requests: readonly RecordedRequest[]): void {
  const messages = requests.filter(({ kind, status }) => kind === 'message' && status !== 401);
  messages.forEach((message, index) => {
    const earlier = messages.slice(0, index);
    if (!earlier.some((other) => isSameMessage(other, message))) return;
    throw new Error(`posted more than once: ${JSON.stringify(message.text ?? message.rawBody)}`);
  });
}

function isSameMessage(one: RecordedRequest, other: RecordedRequest): boolean {
  const [first, second] = [activityOf(one), activityOf(other)];
  if (first !== null && second !== null) return first === second;
  // A reset request may have only the beginning of its body.
  return one.rawBody.startsWith(other.rawBody) || other.rawBody.startsWith(one.rawBody);
}

/** Returns the posted activity without its conversation; null if the body is incomplete. */
function activityOf({ body }: RecordedRequest): string | null {
  const activity = readPostBody(body)?.activity;
  return activity === undefined ? null : JSON.stringify(activity);
}

/** Headers about the caller or the connection, which are no part of the request itself. */
const ofTheConnection = ['user-agent', 'host', 'connection', 'content-length', 'transfer-encoding'];

interface NormalizedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The parts of a request that two clients of the service must have in common. */
export function normalizedRequest({
  method,
  path,
  query,
  headers,
  body,
}: RecordedRequest): NormalizedRequest {
  const shared = Object.entries(headers).filter(([name]) => !ofTheConnection.includes(name));
  return {
    method,
    path,
    query,
    headers: Object.fromEntries(shared.map(([name, value]): [string, string] => [name, String(value)])),
    body,
  };
}
