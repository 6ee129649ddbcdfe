import { isTrackedEnvelope } from '@trpc/server';

/** An event of a caller's watch, in the types that a client would see. */
interface Tracked<Event> {
  readonly id: string;
  readonly data: Event;
}

/** Reads a caller's watch, event by event. */
export class WatchReader<Event extends { readonly type: string }> {
  readonly #stream: AsyncIterator<Tracked<Event>>;
  /** The id of the last event. */
  lastId = '';
  readonly seen: Event[] = [];

  constructor(stream: AsyncIterable<Tracked<Event>>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  async next(): Promise<Event> {
    const event = await this.#read();
    if (event === null) throw new Error('the watch has ended');
    return event;
  }

  /** Reads up to the next event of a type, and returns it. */
  async until<Type extends Event['type']>(type: Type): Promise<Extract<Event, { readonly type: Type }>> {
    for (;;) {
      const event = await this.next();
      if (event.type === type) return event as Extract<Event, { readonly type: Type }>;
    }
  }

  /** Resolves with the types of the remaining events, once the watch has ended. */
  async rest(): Promise<string[]> {
    const types: string[] = [];
    for (let event = await this.#read(); event !== null; event = await this.#read()) types.push(event.type);
    return types;
  }

  async stop(): Promise<void> {
    await this.#stream.return?.();
  }

  async #read(): Promise<Event | null> {
    const next: IteratorResult<unknown, unknown> = await this.#stream.next();
    if (next.done === true) return null;
    const { value } = next;
    // tRPC's caller passes the envelope itself, whatever its types say.
    if (!isTrackedEnvelope<Event>(value)) throw new Error('an event without an id');
    const [id, event] = value;
    this.lastId = id;
    this.seen.push(event);
    return event;
  }
}
