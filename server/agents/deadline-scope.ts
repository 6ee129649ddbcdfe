import { AgentFailure } from '../answer/agent-failure.ts';
import type { AgentCallOptions } from '../orchestrator/ports/agent.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';

/** No timer of Node.js waits for longer. */
const longestTimerMs = 2 ** 31 - 1;

/** A call from its beginning to its end, whichever way it ends. */
export class Call {
  /** The caller's options, with a signal that aborts at the deadline and at the call's end too. */
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
   * Rethrows what went wrong, as what it was: a call that was aborted fails for that reason, however its parts took it.
   * @throws the signal's reason when it has aborted, else the error
   */
  fail(error: unknown): never {
    this.options.signal.throwIfAborted();
    throw error;
  }

  /** Gives up whatever is still on its way: the connection is closed unless its answer has been read to the end. */
  end(): void {
    this.#letGo();
    this.#over.abort(new AgentFailure('failed', 'the call is over'));
  }

  /**
   * Ends it once the rest of the response has been read, but no later than after so long: a connection that is not closed
   * in the middle of a response can carry the next turn. From here on neither the caller nor the deadline ends it.
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
