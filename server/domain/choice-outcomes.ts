import type { LookupOutcome } from '../../contract/results.ts';
import type { Choice } from '../../contract/workflow-state.ts';
import type { CollectedFields } from '../../workflows/definition/json.ts';

/**
 * The outcomes of the lookups that checked a turn's values, by field. They are made before the reducer and are an input of
 * it, so that the reducer asks nobody and the same input leads to the same state.
 */
export type LookupOutcomes = ReadonlyMap<string, LookupOutcome>;

export const noLookups: LookupOutcomes = new Map();

/**
 * The outcome for a value among the choices that a lookup found for it: a choice whose value it is, or the only one whose
 * title it is, because people and models name a choice by its title.
 */
export function outcomeAmong(field: string, said: string, found: readonly Choice[]): LookupOutcome {
  const byValue = found.find(({ value }) => value === said);
  const byTitle = found.filter(({ title }) => sameWords(title, said));
  const choice = byValue ?? (byTitle.length === 1 ? byTitle[0] : undefined);
  return choice === undefined ? { field, kind: 'unknown' } : { field, kind: 'found', ...choice };
}

function sameWords(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.trim().toLowerCase();
}

/** The titles of looked-up values: a new value brings its own, and one that changed without a lookup has none. */
export function titlesAfter(
  before: Readonly<Record<string, string>> = {},
  { changed, collected }: { readonly changed: CollectedFields; readonly collected: CollectedFields },
  lookups: LookupOutcomes,
): Record<string, string> | undefined {
  const kept = Object.entries(before).filter(([field]) => !Object.hasOwn(changed, field));
  const found = [...lookups.values()].flatMap((lookup): [string, string][] =>
    lookup.kind === 'found' && collected[lookup.field] === lookup.value ? [[lookup.field, lookup.title]] : [],
  );
  const titles = [...kept, ...found];
  return titles.length === 0 ? undefined : Object.fromEntries(titles);
}
