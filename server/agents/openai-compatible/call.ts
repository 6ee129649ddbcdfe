import { AgentFailure } from '../../orchestrator/ports/agent.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import { bounds } from './bounds.ts';

interface CallOptions {
  /** Each of them ends the call, with its reason. */
  readonly signals: readonly AbortSignal[];
  readonly deadlineAt: number;
}

/** What ends one call to the endpoint: a signal, the deadline, or the end of the answer. */
export class Call {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #letGo: () => void;

  constructor({ signals, deadlineAt }: CallOptions, clock: Clock) {
    this.#clock = clock;
    const onAbort = (): void => {
      this.#controller.abort(signals.find(({ aborted }) => aborted)?.reason);
    };
    for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    const cancelDeadline = clock.after(Math.max(0, deadlineAt - clock.now()), () => {
      this.#controller.abort(new AgentFailure('timed-out', 'no complete answer in time'));
    });
    this.#letGo = () => {
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
      cancelDeadline();
    };
    if (signals.some(({ aborted }) => aborted)) onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends it now, and with it the connection. */
  end(): void {
    this.#letGo();
    this.#controller.abort(new AgentFailure('failed', 'the call is over'));
  }

  /**
   * Lets the rest of the response be read, but not for long: the answer is whole, and a connection that is not closed in
   * the middle of a response can carry the next turn.
   */
  endAfter(rest: Promise<void>): void {
    this.#letGo();
    const cancel = this.#clock.after(bounds.lingerMs, () => this.#controller.abort());
    void rest.then(cancel);
  }

  /** Why it was ended. */
  get reason(): Error {
    const reason: unknown = this.signal.reason;
    return reason instanceof Error ? reason : new Error('the turn was aborted', { cause: reason });
  }
}
