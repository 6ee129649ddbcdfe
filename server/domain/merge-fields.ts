import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import { noLookups } from './choice-outcomes.ts';
import type { LookupOutcomes } from './choice-outcomes.ts';
import { mergeGroup } from './merge-group.ts';
import type { ItemIds, Refusal } from './merge-group.ts';
import type { Field, Workflow } from './workflow.ts';

export interface MergedFields {
  readonly collected: Record<string, Json>;
  /** Only the fields that changed; `null` for one that was cleared. */
  readonly changed: Record<string, Json>;
  /** Of a group, each refused value by itself: `lines.3-1.price`. */
  readonly rejected: readonly Refusal[];
  readonly ignored: readonly string[];
}

export interface MergeOptions {
  /** The ids of items that groups get. */
  readonly ids: ItemIds;
  /** The outcomes of the lookups that checked the data; a field without one is not checked. @default none */
  readonly lookups?: LookupOutcomes;
}

/**
 * Merges an agent's data, field by field, through the schemas of all steps (I10). An invalid value is rejected and an
 * undeclared one ignored: neither touches the collected fields. `null` clears a field. A group is merged item by item.
 */
export function mergeFields(
  workflow: Workflow,
  before: CollectedFields,
  data: ReadonlyMap<string, unknown>,
  options: MergeOptions,
): MergedFields {
  const collected = new Map(Object.entries(before));
  const changed: Record<string, Json> = {};
  const rejected: Refusal[] = [];
  const ignored: string[] = [];
  for (const [name, value] of data) {
    const field = workflow.fields.get(name);
    if (field === undefined) {
      ignored.push(name);
    } else if (value === null) {
      if (collected.delete(name)) changed[name] = null;
    } else {
      const merged = mergeValue(field, collected.get(name), value, options);
      rejected.push(...merged.refusals);
      ignored.push(...merged.ignored);
      if (merged.value !== null && !jsonEquals(collected.get(name), merged.value)) {
        collected.set(name, merged.value);
        changed[name] = merged.value;
      }
    }
  }
  return { collected: definedFields(collected), changed, rejected, ignored };
}

interface MergedValue {
  /** Null if the field stays as it was. */
  readonly value: Json | null;
  readonly refusals: readonly Refusal[];
  readonly ignored: readonly string[];
}

function mergeValue(
  field: Field,
  before: Json | undefined,
  sent: unknown,
  { ids, lookups = noLookups }: MergeOptions,
): MergedValue {
  const { name, group } = field;
  if (group === null) {
    const checked = field.check(sent);
    const outcome = lookups.get(name);
    if (!checked.ok) return refused(name, checked.issues);
    if (outcome === undefined) return { value: checked.value, refusals: [], ignored: [] };
    if (outcome.kind === 'unknown') return refused(name, ['is none of the choices']);
    // A lookup isn't trusted: the value that it found for a title has to fit, too.
    const found = field.check(outcome.value);
    return found.ok ? { value: found.value, refusals: [], ignored: [] } : refused(name, found.issues);
  }
  const merged = mergeGroup({ name, group }, before, sent, ids);
  // An empty list is an answer ("none"), but only where it was sent as one.
  const isNothing = before === undefined && merged.value.length === 0 && !isEmptyList(sent);
  return isNothing ? { ...merged, value: null } : merged;
}

function refused(name: string, issues: readonly string[]): MergedValue {
  return { value: null, refusals: [{ field: name, issues, place: name }], ignored: [] };
}

function isEmptyList(sent: unknown): boolean {
  return Array.isArray(sent) && sent.length === 0;
}

function definedFields(fields: ReadonlyMap<string, Json | undefined>): Record<string, Json> {
  return Object.fromEntries([...fields].filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** Equality of JSON values; the order of an object's keys does not matter. */
export function jsonEquals(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftEntries = Object.entries<Json>(left);
  const rightEntries = new Map(Object.entries<Json>(right));
  return (
    leftEntries.length === rightEntries.size &&
    leftEntries.every(([key, value]) => rightEntries.has(key) && jsonEquals(value, rightEntries.get(key)))
  );
}
