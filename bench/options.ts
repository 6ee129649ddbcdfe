import { parseArgs } from 'node:util';
import { readCommandLine } from '../tools/support/command-line.ts';
import type { ReadArguments } from '../tools/support/command-line.ts';

/** The cases in the order in which they run. */
export const caseNames = [
  'in-process',
  'http',
  'watcher',
  'get',
  'list',
  'replay',
  'contention',
  'watch-fanout',
  'cold-start',
  'bytes',
  'idle',
  'growth',
  'two-processes',
  'persistence',
  'cluster',
] as const;

export type CaseName = (typeof caseNames)[number];

export interface BenchOptions {
  readonly cases: readonly CaseName[];
  /** Time of one measurement. */
  readonly seconds: number;
  /** Measurements of each contender. */
  readonly rounds: number;
  /** True: smaller and shorter everywhere, to see that it works; its numbers mean little. */
  readonly isQuick: boolean;
  /** Watchers of `watch-fanout`. */
  readonly watchers: number;
  /** Idle conversations of `idle`. */
  readonly idle: number;
  /** The folder of the results. */
  readonly out: string;
}

const usual = { seconds: 2, rounds: 5, watchers: 200, idle: 100_000 };
const quick = { seconds: 0.25, rounds: 2, watchers: 20, idle: 1_000 };
const resultsDir = 'bench/results';

export const usage = `Usage: npm run bench -- [cases] [options]

Measures Turnkeeper and its references side by side, prints tables, and writes ${resultsDir}/<date>-<commit>.json.

Cases (default: all): ${caseNames.slice(0, 8).join(', ')},
  ${caseNames.slice(8).join(', ')}

  --seconds N      time of one measurement (default ${usual.seconds})
  --rounds N       measurements of each contender, interleaved (default ${usual.rounds})
  --quick          ${quick.seconds} s, ${quick.rounds} rounds, everything smaller: to see that it works, not to measure
  --watchers N     watchers of the case watch-fanout (default ${usual.watchers})
  --idle N         idle conversations of the case idle (default ${usual.idle})
  --out DIR        the folder of the results (default ${resultsDir})
  --help           this text`;

export function readOptions(args: readonly string[]): ReadArguments<BenchOptions> {
  return readCommandLine(() => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        watchers: { type: 'string' },
        idle: { type: 'string' },
        out: { type: 'string', default: resultsDir },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return null;
    const defaults = values.quick ? quick : usual;
    return {
      cases:
        positionals.length === 0 ? caseNames : caseNames.filter((name) => casesOf(positionals).has(name)),
      seconds: numberOf('seconds', values.seconds, { fallback: defaults.seconds, min: 0.05, max: 600 }),
      rounds: wholeNumberOf('rounds', values.rounds, { fallback: defaults.rounds, min: 1, max: 1_000 }),
      isQuick: values.quick,
      watchers: wholeNumberOf('watchers', values.watchers, {
        fallback: defaults.watchers,
        min: 1,
        max: 9_000,
      }),
      idle: wholeNumberOf('idle', values.idle, { fallback: defaults.idle, min: 1, max: 10_000_000 }),
      out: values.out,
    };
  });
}

function casesOf(names: readonly string[]): ReadonlySet<CaseName> {
  return new Set(names.map(caseOf));
}

function caseOf(name: string): CaseName {
  const found = caseNames.find((known) => known === name);
  if (found === undefined)
    throw new Error(`There is no case "${name}". The cases are: ${caseNames.join(', ')}.`);
  return found;
}

interface NumberRule {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

function numberOf(option: string, given: string | undefined, { fallback, min, max }: NumberRule): number {
  if (given === undefined) return fallback;
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`--${option} must be a number from ${min} to ${max}; it is "${given}".`);
}

function wholeNumberOf(option: string, given: string | undefined, rule: NumberRule): number {
  const value = numberOf(option, given, rule);
  if (Number.isInteger(value)) return value;
  throw new Error(`--${option} must be a whole number; it is "${given ?? ''}".`);
}
