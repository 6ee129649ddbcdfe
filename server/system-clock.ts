import type { Clock } from './orchestrator/ports/clock.ts';

/** The machine's time and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, then) => {
    const timer = setTimeout(then, delayMs);
    return () => clearTimeout(timer);
  },
};
