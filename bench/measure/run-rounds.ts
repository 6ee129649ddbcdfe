import type { Contender, Section } from './contender.ts';

export interface RoundsOptions {
  readonly rounds: number;
  /** Told before each measurement; round 0 is the warm-up. */
  readonly onRound: (round: number, contender: string) => void;
}

/**
 * Measures the contenders side by side: A B, B A, A B … A machine that becomes slower or faster meanwhile does so for
 * all of them, and none always comes first. A first round, which is not counted, warms up compilers, connections and
 * caches.
 */
export async function runRounds(
  contenders: readonly Contender[],
  { rounds, onRound }: RoundsOptions,
): Promise<Section['rows']> {
  const rows = contenders.map(({ name, measure }) => ({
    name,
    measure,
    samples: [] as Section['rows'][number]['samples'][number][],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? rows : [...rows].reverse();
    for (const { name, measure, samples } of order) {
      onRound(round, name);
      const sample = await measure();
      if (round > 0) samples.push(sample);
    }
  }
  return rows.map(({ name, samples }) => ({ name, samples }));
}
