import type { RejectedField } from '../../contract/results.ts';
import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type { Workflow } from './workflow.ts';

export interface MergedFields {
  readonly collected: Record<string, Json>;
  /** Only the fields that changed; `null` for one that was cleared. */
  readonly changed: Record<string, Json>;
  readonly rejected: readonly RejectedField[];
  readonly ignored: readonly string[];
}

/**
 * Merges an agent's data, field by field, through the schemas of all steps (I10). An invalid value is rejected and an
 * undeclared one ignored: neither touches the collected fields. `null` clears a field.
 */
export function mergeFields(
  workflow: Workflow,
  before: CollectedFields,
  data: ReadonlyMap<string, unknown>,
): MergedFields {
  const collected = new Map(Object.entries(before));
  const changed: Record<string, Json> = {};
  const rejected: RejectedField[] = [];
  const ignored: string[] = [];
  for (const [name, value] of data) {
    const field = workflow.fields.get(name);
    if (field === undefined) {
      ignored.push(name);
    } else if (value === null) {
      if (collected.delete(name)) changed[name] = null;
    } else {
      const checked = field.check(value);
      if (!checked.ok) rejected.push({ field: name, issues: checked.issues });
      else if (!jsonEquals(collected.get(name), checked.value)) {
        collected.set(name, checked.value);
        changed[name] = checked.value;
      }
    }
  }
  return { collected: definedFields(collected), changed, rejected, ignored };
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
