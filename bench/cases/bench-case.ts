import type { Contender, Metric, Section } from '../measure/contender.ts';
import { runRounds } from '../measure/run-rounds.ts';
import type { BenchOptions } from '../options.ts';

export interface CaseSetting {
  readonly options: BenchOptions;
  /** Tells the person at the terminal what is under way. */
  readonly progress: (text: string) => void;
}

/** One question that the bench answers, as one or several tables. */
export type BenchCase = (setting: CaseSetting) => Promise<readonly Section[]>;

interface Comparison {
  readonly title: string;
  readonly note?: string;
  /** The first is the reference. */
  readonly contenders: readonly Contender[];
  readonly metrics: readonly Metric[];
}

/** Measures contenders side by side. */
export async function compare(
  { options: { rounds }, progress }: CaseSetting,
  { title, note, contenders, metrics }: Comparison,
): Promise<Section> {
  const reference = contenders[0]?.name;
  if (reference === undefined) throw new RangeError(`Nothing is measured by "${title}".`);
  const rows = await runRounds(contenders, {
    rounds,
    onRound: (round, name) =>
      progress(`${title}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}, ${name}`),
  });
  return { title, ...(note === undefined ? {} : { note }), reference, metrics, rows };
}

/** Waits for things that start at the same time; if one of them does not, the others are disposed of. */
export async function startAll<Started extends AsyncDisposable>(
  starting: readonly Promise<Started>[],
): Promise<readonly Started[]> {
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return started;
  await disposeOfAll(started);
  throw failed.reason;
}

/** Disposes of everything, also if disposing of one fails. */
export async function disposeOfAll(disposables: readonly AsyncDisposable[]): Promise<void> {
  await Promise.allSettled(disposables.map((disposable) => disposable[Symbol.asyncDispose]()));
}
