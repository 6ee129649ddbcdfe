/** The findings of one measurement of a contender, by the metrics' keys. */
export type Sample = Readonly<Record<string, number>>;

/** One of the things that are compared: a part of ours, or a reference. */
export interface Contender {
  readonly name: string;
  readonly measure: () => Promise<Sample>;
}

/** A column of the table. */
export interface Metric {
  /** The key of its values in a sample. */
  readonly key: string;
  readonly title: string;
  /** Digits after the point. */
  readonly digits: number;
  /** True: it is also shown as a ratio to the reference. */
  readonly isCompared: boolean;
}

interface Row {
  readonly name: string;
  /** One a round. */
  readonly samples: readonly Sample[];
}

/** Contenders that were measured under the same conditions: one table. */
export interface Section {
  readonly title: string;
  /** The meaning of the numbers, where the columns alone do not tell it. */
  readonly note?: string;
  /** The name of the row that the others are compared with. */
  readonly reference: string;
  readonly metrics: readonly Metric[];
  readonly rows: readonly Row[];
}
