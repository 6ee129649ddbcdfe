import type { Metric, Section } from '../measure/contender.ts';
import { ratioOf, summarize } from '../measure/statistics.ts';
import type { Summary } from '../measure/statistics.ts';

/** A section's summaries, as they are printed and kept. */
export interface SummarizedRow {
  readonly name: string;
  readonly metrics: Readonly<Record<string, MetricSummary>>;
}

interface MetricSummary extends Summary {
  /** To the reference, round by round; null where it is not compared. */
  readonly ratio: Summary | null;
}

export function summarizeSection({ reference, metrics, rows }: Section): SummarizedRow[] {
  const valuesOf = (name: string, key: string): number[] =>
    rows
      .filter((row) => row.name === name)
      .flatMap(({ samples }) => samples.map((sample) => sample[key] ?? Number.NaN));
  return rows.map(({ name }) => ({
    name,
    metrics: Object.fromEntries(
      metrics.flatMap(({ key, isCompared }) => {
        const values = valuesOf(name, key).filter((value) => !Number.isNaN(value));
        if (values.length === 0) return [];
        const ratio = isCompared ? ratioOf(values, valuesOf(reference, key)) : null;
        return [[key, { ...summarize(values), ratio }] as const];
      }),
    ),
  }));
}

/** A section as text: the median, the least and the most of each metric, and its ratio to the reference. */
export function renderSection(section: Section): string {
  const { title, note, reference, metrics } = section;
  const header = [
    '',
    ...metrics.flatMap(({ title: column, isCompared }) => (isCompared ? [column, '×'] : [column])),
  ];
  const lines = summarizeSection(section).map(({ name, metrics: summaries }) => [
    name,
    ...metrics.flatMap((metric) => cellsOf(metric, summaries[metric.key])),
  ]);
  return [
    title,
    ...(note === undefined ? [] : [`  ${note}`]),
    ...align([header, ...lines]).map((line) => `  ${line}`),
    `  × is the ratio to "${reference}", round by round; in brackets: least and most`,
  ].join('\n');
}

function cellsOf({ digits, isCompared }: Metric, summary: MetricSummary | undefined): string[] {
  if (summary === undefined) return isCompared ? ['–', '–'] : ['–'];
  const { ratio } = summary;
  const own = renderSummary(summary, digits);
  return isCompared ? [own, ratio === null ? '–' : renderSummary(ratio, 2)] : [own];
}

/** `1,028 (990–1,040)`; the number alone where nothing spreads. */
function renderSummary({ median, min, max }: Summary, digits: number): string {
  const [middle, least, most] = [median, min, max].map((value) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  return least === most ? `${middle}` : `${middle} (${least}–${most})`;
}

function align(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
