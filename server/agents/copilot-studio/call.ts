import type { AgentCallOptions } from '../../orchestrator/ports/agent.ts';
import { AgentFailure } from '../../orchestrator/ports/agent.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';

/** No timer of Node.js waits for longer. */
const longestTimerMs = 2 ** 31 - 1;

/** A call from its beginning to its end, whichever way it ends. */
export class Call {
  /** The caller's options, with a signal that aborts at the deadline and at the call's end too. */
  readonly options: AgentCallOptions;
  readonly #over = new AbortController();
  readonly #cancelDeadline: () => void;

  constructor(options: AgentCallOptions, clock: Clock) {
    this.options = { ...options, signal: AbortSignal.any([options.signal, this.#over.signal]) };
    const remainingMs = options.deadlineAt - clock.now();
    const late = (): void => this.#over.abort(new AgentFailure('timed-out', 'no complete answer in time'));
    if (remainingMs <= 0) late();
    this.#cancelDeadline = clock.after(Math.min(Math.max(remainingMs, 0), longestTimerMs), late);
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
    this.#cancelDeadline();
    this.#over.abort(new AgentFailure('failed', 'the call is over'));
  }
}
