import { AgentFailure } from '../answer/agent-failure.ts';
import type { AgentCallOptions } from '../orchestrator/ports/agent.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';

/** Node's longest timer. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The lifetime of one call of an agent. It ends when the call is done, when the caller aborts or at the deadline,
 * whichever comes first. The end closes the call's connection.
 */
export class DeadlineScope {
  /** The caller's options. Their signal also aborts at the deadline and when the call ends. */
  readonly options: AgentCallOptions;
  readonly #over = new AbortController();
  readonly #clock: Clock;
  readonly #letGo: () => void;

  constructor(options: AgentCallOptions, clock: Clock) {
    const { signal, deadlineAt } = options;
    this.options = { ...options, signal: this.#over.signal };
    this.#clock = clock;
    const aborted = (): void => this.#over.abort(signal.reason);
    const late = (): void => this.#over.abort(new AgentFailure('timed-out', 'no complete answer in time'));
    const remainingMs = deadlineAt - clock.now();
    if (signal.aborted) aborted();
    else if (remainingMs <= 0) late();
    signal.addEventListener('abort', aborted, { once: true });
    const cancelDeadline = clock.after(Math.min(Math.max(remainingMs, 0), longestTimerMs), late);
    this.#letGo = () => {
      signal.removeEventListener('abort', aborted);
      cancelDeadline();
    };
  }

  /**
   * Throws the abort reason if the call was aborted, otherwise `error`.
   * @throws always
   */
  fail(error: unknown): never {
    this.options.signal.throwIfAborted();
    throw error;
  }

  /** Ends the call, and closes its connection unless the response has been read to its end. */
  end(): void {
    this.#letGo();
    this.#over.abort(new AgentFailure('failed', 'the call is over'));
  }

  /**
   * Ends the call when the rest of the response has been read, or after `longestMs`: a connection that is not closed in
   * the middle of a response can carry the next turn. From here on neither the caller nor the deadline ends the call.
   */
  endAfter(rest: Promise<void>, longestMs: number): void {
    this.#letGo();
    const cancel = this.#clock.after(longestMs, () => this.end());
    void rest.finally(() => {
      cancel();
      this.end();
    });
  }
}

/**
 * Lets a reader leave a generator that is waiting: `return` alone would wait for what the generator waits for. The
 * generator's signal aborts when the reader returns, or when the reader's own signal does.
 */
export function abortOnReturn<Item, End>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => AsyncGenerator<Item, End | undefined>,
): AsyncIterable<Item, End | undefined> {
  return {
    [Symbol.asyncIterator]: () => {
      const left = new AbortController();
      const items = start(AbortSignal.any([signal, left.signal]));
      return {
        next: () => items.next(),
        return: () => {
          left.abort(new AgentFailure('failed', 'nobody waits for the answer any more'));
          return items.return(undefined);
        },
      };
    },
  };
}
