import { HttpConnection } from './http-connection.ts';
import { watchRequest } from './turn-calls.ts';

/** Watchers that connect at a time: a listening server's backlog is bounded. */
const connectingAtOnce = 50;

/** The name of the event that carries a committed turn. */
const committed = 'turn.committed';

/** Open watches of one server, over HTTP. */
export class Watchers {
  readonly #connections: HttpConnection[] = [];
  #onCommitted: () => void = () => undefined;

  /** Opens watches, which go round this many conversations; resolves once all have begun. */
  static async open(
    url: string,
    users: number,
    { watchers, conversations }: { readonly watchers: number; readonly conversations: number },
  ): Promise<Watchers> {
    const opened = new Watchers();
    const numbers = Array.from({ length: watchers }, (_, index) => index % conversations);
    while (numbers.length > 0) {
      const some = numbers.splice(0, connectingAtOnce);
      await Promise.all(
        some.map((conversation) => opened.#open(url, watchRequest(url, users, conversation))),
      );
    }
    return opened;
  }

  /** Resolves with the times at which each watcher had the next committed turn. */
  nextTurn(): Promise<number[]> {
    const seenAt: number[] = [];
    return new Promise((resolve) => {
      this.#onCommitted = () => {
        seenAt.push(performance.now());
        if (seenAt.length === this.#connections.length) resolve(seenAt);
      };
    });
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async #open(url: string, request: string): Promise<void> {
    const connection = await HttpConnection.open(url);
    this.#connections.push(connection);
    await new Promise<void>((resolve, reject) => {
      // The end of what came before: an event's name may be cut in two.
      let rest = '';
      connection.stream(request, (text) => {
        const seen = rest + text;
        if (/^HTTP\/1\.1 (?!200)/.test(seen)) reject(new Error(`A watch was refused: ${seen.slice(0, 800)}`));
        if (seen.includes('watch.started')) resolve();
        if (seen.includes(committed)) this.#onCommitted();
        rest = seen.includes(committed) ? '' : seen.slice(-committed.length);
      });
    });
  }
}
