import type { IncomingMessage, ServerResponse } from 'node:http';
import { kindOfPost, parseJson, readPostBody } from './read-request.ts';
import type { Addressed } from './read-request.ts';
import type { Closing, RecordedRequest, RequestKind } from './recorded-request.ts';

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

/** Every request, and whoever waits for the next of a kind. */
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
