/**
 * Says that a piece of work is no longer wanted, at most once, and why.
 *
 * It does what an AbortController does. Every turn makes two of them, and hardly any is ever cancelled, but Node's
 * signals are dear: two with their listeners cost 20 µs, and outlive several garbage collections. So a signal is made
 * only for whoever asks for it.
 */
export class Cancellation {
  #reason: Error | null = null;
  #listeners: Set<(reason: Error) => void> | null = null;
  #controller: AbortController | null = null;

  /** Null while the work is wanted. */
  get reason(): Error | null {
    return this.#reason;
  }

  /** The same as a signal, which aborts with the reason. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** The first reason stands: later calls do nothing. */
  cancel(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const listeners = this.#listeners ?? [];
    this.#listeners = null;
    for (const listener of listeners) listener(reason);
    this.#controller?.abort(reason);
  }

  /** Calls the listener when it is cancelled, at once if it already is. Returns a function that takes it back. */
  onCancelled(listener: (reason: Error) => void): () => void {
    if (this.#reason === null) (this.#listeners ??= new Set()).add(listener);
    else listener(this.#reason);
    return () => this.#listeners?.delete(listener);
  }

  /**
   * Runs work that may ignore the signal. If it is cancelled, it stops waiting; work that is not wanted does not begin.
   * @throws the reason of the cancellation
   */
  unlessCancelled<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== null) throw this.#reason;
      const stop = this.onCancelled(reject);
      work().then(resolve, reject).finally(stop);
    });
  }
}
