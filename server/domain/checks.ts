/**
 * Merging with the checks of a workflow, which compare fields with one another.
 *
 * The job: merge a turn's data, and take back each change that a check refuses. The boundary: mergeFields has merged the
 * values by their own schemas; it is pure. It keeps that
 * - only a change is refused: what was collected before stands, even if a check says that it is wrong;
 * - a refused field keeps the value that it had, and the other changes stand;
 * - a check sees only fields that apply, so that a value which does not count can't refuse one that does.
 */
import type { RejectedField } from '../../contract/results.ts';
import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type { Check } from './conditions.ts';
import { noContext } from './conditions.ts';
import { jsonEquals, mergeFields } from './merge-fields.ts';
import type { MergedFields, MergeOptions } from './merge-fields.ts';
import { itemsOf } from './merge-group.ts';
import { applicableSteps } from './position.ts';
import { limits } from './limits.ts';
import type { Workflow } from './workflow.ts';

export interface CheckOptions extends MergeOptions {
  /** The facts that the conversation was opened with. */
  readonly context?: CollectedFields | undefined;
}

/** @throws ConditionFailed */
export function mergeChecked(
  workflow: Workflow,
  before: CollectedFields,
  data: ReadonlyMap<string, unknown>,
  { context = noContext, ...options }: CheckOptions,
): MergedFields {
  const merged = mergeFields(workflow, before, data, options);
  if (workflow.checks.length === 0 || Object.keys(merged.changed).length === 0) return merged;
  const checked = new CheckedChanges(workflow, before, merged, context);
  for (let taken = 0; ; taken += 1) {
    const refused = checked.nextRefusal();
    if (refused === null) return checked.result();
    checked.takeBack(taken < limits.checkedSingly ? refused : wholeField(refused));
  }
}

/** Each refusal costs a run of the checks over all values, so that very many values aren't refused one by one (I11). */
function wholeField(refused: RejectedField): RejectedField {
  const { name, id } = valuePlace(refused.field);
  if (id === undefined) return refused;
  const why = 'holds too many values that do not fit the others: none of its changes was taken over';
  return { field: name, issues: [why] };
}

/** The changes of a turn, of which one is taken back at a time until no check refuses one. */
class CheckedChanges {
  readonly #workflow: Workflow;
  readonly #before: CollectedFields;
  readonly #merged: MergedFields;
  readonly #context: CollectedFields;
  #collected: Record<string, Json>;
  #changed: Record<string, Json>;
  readonly #rejected: RejectedField[] = [];

  constructor(workflow: Workflow, before: CollectedFields, merged: MergedFields, context: CollectedFields) {
    this.#workflow = workflow;
    this.#before = before;
    this.#merged = merged;
    this.#context = context;
    this.#collected = merged.collected;
    this.#changed = merged.changed;
  }

  nextRefusal(): RejectedField | null {
    for (const check of this.#workflow.checks) {
      for (const [field, issues] of this.#issuesOf(check, this.#collected)) {
        const changed = this.#isChanged(field) ? field : this.#changeBehind(check, field);
        if (changed !== null) return { field: changed, issues };
      }
    }
    return null;
  }

  takeBack(refused: RejectedField): void {
    this.#collected = this.#without(refused.field);
    const { name } = valuePlace(refused.field);
    const { [name]: _, ...others } = this.#changed;
    const now = this.#collected[name];
    // Of a group, the other changes stand.
    const isChanged = now !== undefined && !jsonEquals(this.#before[name], now);
    this.#changed = isChanged ? { ...this.#changed, [name]: now } : others;
    this.#rejected.push(refused);
  }

  result(): MergedFields {
    const { rejected } = this.#merged;
    return {
      ...this.#merged,
      collected: this.#collected,
      changed: this.#changed,
      rejected: [...rejected, ...this.#rejected.map((refused) => ({ ...refused, place: refused.field }))],
    };
  }

  /**
   * The last change without which a check has nothing against an unchanged field; null if its issue is older than this
   * turn.
   */
  #changeBehind(check: Check, field: string): string | null {
    const changes = Object.keys(this.#changed);
    return changes.findLast((name) => !this.#issuesOf(check, this.#without(name)).has(field)) ?? null;
  }

  #isChanged(field: string): boolean {
    const { name, id, member } = valuePlace(field);
    if (!Object.hasOwn(this.#changed, name)) return false;
    if (id === undefined || member === undefined) return true;
    const [now, was] = [this.#collected[name], this.#before[name]].map((value) => valueIn(value, id, member));
    return now !== undefined && !jsonEquals(was, now);
  }

  #without(field: string): Record<string, Json> {
    const { name, id, member } = valuePlace(field);
    const { [name]: _, ...others } = this.#collected;
    if (id !== undefined && member !== undefined) {
      const was = valueIn(this.#before[name], id, member);
      const items = itemsOf(this.#collected[name]).map((item): Json => {
        const values = new Map(item.values);
        if (item.id !== id) return { id: item.id, ...Object.fromEntries(values) };
        if (was === undefined) values.delete(member);
        else values.set(member, was);
        return { id, ...Object.fromEntries(values) };
      });
      return { ...others, [name]: items };
    }
    const was = this.#before[name];
    return was === undefined ? others : { ...others, [name]: was };
  }

  #issuesOf({ stepId, run }: Check, collected: CollectedFields): ReadonlyMap<string, readonly string[]> {
    const steps = applicableSteps(this.#workflow, collected, this.#context);
    if (stepId !== null && !steps.some(({ id }) => id === stepId)) return new Map();
    const names = steps.flatMap(({ fields }) => fields.map(({ name }) => name));
    const applying = names.flatMap((name): [string, Json][] => {
      const value = collected[name];
      return value === undefined ? [] : [[name, value]];
    });
    return run(Object.fromEntries(applying), this.#context);
  }
}

/** The place of a value that a check refuses: a field, or one value of a group's item (`lines.3-1.price`). */
function valuePlace(field: string): { name: string; id: string | undefined; member: string | undefined } {
  const [name = field, id, member] = field.split('.');
  return { name, id, member };
}

function valueIn(group: Json | undefined, id: string, member: string): Json | undefined {
  return itemsOf(group)
    .find((item) => item.id === id)
    ?.values.get(member);
}
