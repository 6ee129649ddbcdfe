import type { FieldSource } from '../../contract/workflow-state.ts';
import type { Json } from '../../workflows/definition/json.ts';

/** The sources of the fields that were not said, by name. */
type Sources = Readonly<Record<string, FieldSource>>;

/** The sources after fields have changed; undefined where all fields were said. */
export function nextSources(
  before: Sources | undefined,
  changed: Readonly<Record<string, Json>>,
  source: FieldSource,
): Record<string, FieldSource> | undefined {
  const names = Object.keys(changed);
  if (names.length === 0 || (before === undefined && source === 'said')) return before;
  const kept = Object.entries(before ?? {}).filter(([field]) => !Object.hasOwn(changed, field));
  const set = source === 'said' ? [] : names.filter((field) => changed[field] !== null);
  const next = Object.fromEntries([...kept, ...set.map((field): [string, FieldSource] => [field, source])]);
  return Object.keys(next).length === 0 ? undefined : next;
}
