import type { Clock } from '../../../server/orchestrator/ports/clock.ts';

/** The machine's time, moved by jumps. Timers keep their durations, as when a wall clock is set. */
export class JumpingClock implements Clock {
  #offsetMs = 0;

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  after(delayMs: number, then: () => void): () => void {
    const timer = setTimeout(then, delayMs);
    return () => clearTimeout(timer);
  }

  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }
}
