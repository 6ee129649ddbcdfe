/** The middle of some measurements and how far they spread. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError for no values at all */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which this share of the values lies, interpolated between two neighbours.
 * @throws RangeError for no values at all
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const lower = sorted[Math.floor(place)];
  const upper = sorted[Math.ceil(place)];
  if (lower === undefined || upper === undefined) throw new RangeError('There are no values.');
  return lower + (upper - lower) * (place - Math.floor(place));
}

/** @throws RangeError for no values at all */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * The ratio of two contenders, round by round: what slows the machine in one round slows both, and leaves their ratio.
 * Null where no round has both, or where the reference is 0.
 */
export function ratioOf(values: readonly number[], reference: readonly number[]): Summary | null {
  const ratios = values.flatMap((value, round) => {
    const base = reference[round];
    return base === undefined || base === 0 ? [] : [value / base];
  });
  return ratios.length === 0 ? null : summarize(ratios);
}
