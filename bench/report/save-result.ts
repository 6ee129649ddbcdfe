import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Section } from '../measure/contender.ts';
import type { BenchOptions, CaseName } from '../options.ts';
import type { MachineFacts } from './machine-facts.ts';
import { summarizeSection } from './table.ts';

/** The outcome of one case. */
export interface CaseOutcome {
  readonly name: CaseName;
  readonly sections: readonly Section[];
  /** The reason why it could not be measured; null: it was. */
  readonly fault: string | null;
}

export interface BenchResult {
  readonly at: Date;
  readonly machine: MachineFacts;
  readonly options: BenchOptions;
  readonly cases: readonly CaseOutcome[];
}

/** Writes a result beside earlier ones, and returns the path. */
export async function saveResult(result: BenchResult): Promise<string> {
  const { at, machine, options } = result;
  await mkdir(options.out, { recursive: true });
  const path = join(options.out, fileNameOf(at, machine.commit, options.isQuick));
  await writeFile(path, `${JSON.stringify(toJson(result), null, 1)}\n`);
  return path;
}

/** `2026-11-29-2015-8427cf7.json`: the time keeps two runs of a day apart. Quick runs are not kept in git. */
export function fileNameOf(at: Date, commit: string | null, isQuick: boolean): string {
  const time = at.toISOString();
  const parts = [
    time.slice(0, 10),
    time.slice(11, 16).replace(':', ''),
    commit?.replace('+', '') ?? 'unknown',
  ];
  return `${[...parts, ...(isQuick ? ['quick'] : [])].join('-')}.json`;
}

function toJson({ at, machine, options, cases }: BenchResult): object {
  return {
    at: at.toISOString(),
    machine,
    // The folder is somebody's own.
    options: { ...options, out: undefined },
    cases: cases.map(({ name, fault, sections }) => ({
      name,
      fault,
      sections: sections.map((section) => {
        const { title, note, reference, metrics, rows } = section;
        const summaries = summarizeSection(section);
        return {
          ...{ title, note, reference },
          metrics: Object.fromEntries(metrics.map((metric) => [metric.key, metric.title])),
          rows: rows.map((row, index) => ({ ...row, summary: summaries[index]?.metrics })),
        };
      }),
    })),
  };
}
