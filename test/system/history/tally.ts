import type { Measurements } from './measure.ts';

interface Times {
  count: number;
  sumMs: number;
  maxMs: number;
}

/** Adds up rounds and keeps only sums, because a soak may run for hours. */
export class Tally {
  readonly #faults = new Map<string, number>();
  readonly #recoveries = new Map<string, Times>();
  #rounds = 0;
  #calls = 0;
  #turns = 0;
  #replays = 0;
  #hungWaits: Times = { count: 0, sumMs: 0, maxMs: 0 };
  violations = 0;

  add(measured: Measurements, violations: number): void {
    this.#rounds += 1;
    this.#calls += measured.calls;
    this.#turns += measured.turns;
    this.#replays += measured.replays;
    this.violations += violations;
    for (const [kind, count] of Object.entries(measured.faults))
      this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + count);
    for (const [kind, times] of Object.entries(measured.recoveries)) {
      const known = this.#recoveries.get(kind) ?? { count: 0, sumMs: 0, maxMs: 0 };
      this.#recoveries.set(kind, known);
      for (const time of times) include(known, time);
    }
    for (const time of measured.hungWaits) include(this.#hungWaits, time);
  }

  progress(): string {
    const faults = [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
    return `${this.#rounds} rounds, ${this.#turns} turns, ${this.#calls} calls, ${faults} faults, ${this.violations} violations`;
  }

  table(): string {
    const rows = [...this.#faults]
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([kind, count]) => row(kind, String(count), this.#recoveries.get(kind)));
    const orphans = this.#recoveries.get('orphaned lease');
    return [
      '',
      `${this.#rounds} seeds, ${this.#calls} calls, ${this.#turns} turns run, ${this.#replays} replays, ${this.violations} violations`,
      '',
      columns('fault', 'times', 'recovery ms', 'longest ms'),
      ...rows,
      '',
      ...(orphans === undefined
        ? []
        : [row('conversation of a killed server', String(orphans.count), orphans)]),
      `longest wait for a 503 while Redis hung: ${this.#hungWaits.maxMs.toFixed(0)} ms, of ${this.#hungWaits.count}`,
    ].join('\n');
  }
}

function include(times: Times, time: number): void {
  times.count += 1;
  times.sumMs += time;
  times.maxMs = Math.max(times.maxMs, time);
}

function row(name: string, count: string, times?: Times): string {
  const mean = times === undefined ? '' : (times.sumMs / times.count).toFixed(0);
  const longest = times === undefined ? '' : times.maxMs.toFixed(0);
  return columns(name, count, mean, longest);
}

function columns(name: string, count: string, mean: string, longest: string): string {
  return [name.padEnd(34), count.padStart(7), mean.padStart(12), longest.padStart(12)].join('');
}
