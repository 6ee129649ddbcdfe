import type { Clock } from '../orchestrator/ports/clock.ts';

interface Timer {
  readonly dueAt: number;
  readonly then: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(now = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, then: () => void): () => void {
    const timer = { dueAt: this.#now + delayMs, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time on and fires what comes due on the way, each at its own time. */
  advance(byMs: number): void {
    const target = this.#now + byMs;
    for (let next = this.#nextDue(target); next !== undefined; next = this.#nextDue(target)) {
      const due = next;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.dueAt);
      due.then();
    }
    this.#now = target;
  }

  #nextDue(until: number): Timer | undefined {
    return this.#timers
      .filter(({ dueAt }) => dueAt <= until)
      .sort((left, right) => left.dueAt - right.dueAt)[0];
  }
}
