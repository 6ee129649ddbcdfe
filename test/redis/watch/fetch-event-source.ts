import { EventSourceParserStream } from 'eventsource-parser/stream';

/**
 * The part of the browsers' EventSource that tRPC's link uses: it reconnects by itself, with the last event's id in a
 * header.
 */
export class FetchEventSource extends EventTarget {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;
  readyState: number = this.CONNECTING;
  readonly #url: string;
  readonly #closed = new AbortController();
  #lastEventId = '';

  constructor(url: string) {
    super();
    this.#url = url;
    void this.#run();
  }

  close(): void {
    this.readyState = this.CLOSED;
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    while (this.readyState !== this.CLOSED) {
      await this.#connect().catch(() => undefined);
      if (this.#closed.signal.aborted) return;
      this.readyState = this.CONNECTING;
      this.dispatchEvent(new Event('error'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #connect(): Promise<void> {
    const headers = this.#lastEventId === '' ? {} : { 'last-event-id': this.#lastEventId };
    const { body } = await fetch(this.#url, { headers, signal: this.#closed.signal });
    if (body === null) return;
    this.readyState = this.OPEN;
    const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { event, id, data } of messages) {
      this.#lastEventId = id ?? this.#lastEventId;
      const message = new MessageEvent(event ?? 'message', { data, lastEventId: this.#lastEventId });
      this.dispatchEvent(message);
    }
  }
}
