/** Until the server says how often it is heard at least, in milliseconds. */
const limitAtFirstMs = 15_000;

/**
 * Gives a connection up on which nothing has come for too long: where the other side is gone, nothing else may tell. Only
 * waiting counts, not what a slow reader does with what has come.
 */
export class Inactivity {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #abort: () => void;
  #limitMs = limitAtFirstMs;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#abort = () => this.#controller.abort(caller?.reason);
    if (caller?.aborted === true) this.#abort();
    caller?.addEventListener('abort', this.#abort, { once: true });
    this.waiting();
  }

  /** Aborts when the caller's does, or nothing has come for too long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  limitTo(limitMs: number | undefined): void {
    this.#limitMs = limitMs ?? Number.POSITIVE_INFINITY;
  }

  /** Something is waited for from now on. */
  waiting(): void {
    this.over();
    if (!Number.isFinite(this.#limitMs)) return;
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`nothing has come for ${this.#limitMs} ms`));
    }, this.#limitMs);
  }

  /** Something has come. */
  over(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    this.over();
    this.#caller?.removeEventListener('abort', this.#abort);
  }
}
