import type { LookupOutcome } from '../../contract/results.ts';
import type { Choice } from '../../contract/workflow-state.ts';

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
