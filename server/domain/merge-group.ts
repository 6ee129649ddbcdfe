/**
 * The merge of a repeating group: a field that is a list of items, each an object with an id.
 *
 * The job: turn what an agent or a caller sends for the group, the whole list or operations on items, into the group's
 * items after it. The boundary: mergeFields decides which field a value is for; the items' fields check their own
 * values. It keeps that
 * - one bad value refuses one value: every other value of its item, and every other item, is taken over (I10);
 * - an item keeps its id for as long as it exists, and no later item of the conversation gets the same one;
 * - it is pure: ids are made from the turn's number, so that the same turn makes the same ids again (decision 92).
 */
import type { Json } from '../../workflows/definition/json.ts';
import { isJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Field, Group } from './workflow.ts';

/** One item of a group: its id, and the values that it has so far, by the names of its fields. */
export interface GroupItem {
  readonly id: string;
  readonly values: ReadonlyMap<string, Json>;
}

/** The source of the ids of new items. */
export interface ItemIds {
  /** New ids are `<prefix>-1`, `<prefix>-2`, and so on. */
  readonly prefix: string;
  /** True to keep the ids of a list that another version of the definition stored. */
  readonly keepsGiven: boolean;
}

export function idsOfTurn(turnNumber: number): ItemIds {
  return { prefix: String(turnNumber), keepsGiven: false };
}

/** A value that was refused. */
export interface Refusal {
  /** The group, or the value within it: `lines`, `lines.3-1.price`. */
  readonly field: string;
  readonly issues: readonly string[];
  /** The path of the refused value in what was sent: `lines.0.values.price`. */
  readonly place: string;
}

export interface MergedGroup {
  /** The items after the merge, as they are stored. */
  readonly value: Json[];
  readonly refusals: readonly Refusal[];
  /** Names within items that the group does not have: `lines.3-1.colour`. */
  readonly ignored: readonly string[];
}

/** The items of a stored group; none where nothing was collected. */
export function itemsOf(value: Json | undefined): GroupItem[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    if (!isJsonObject(item)) return [];
    const { id, ...values } = item;
    return typeof id === 'string' ? [{ id, values: new Map(Object.entries(values)) }] : [];
  });
}

/** The required fields that an item has no value for, in their order. */
export function missingInItem(group: Group, { values }: GroupItem): Field[] {
  return [...group.fields.values()].filter((field) => field.required && !values.has(field.name));
}

/** What a group lacks: the group itself if it has too few items, and the missing values of items: `lines.3-1.price`. */
export function missingInGroup(name: string, group: Group, value: Json | undefined): string[] {
  const items = itemsOf(value);
  const values = items.flatMap((item) =>
    missingInItem(group, item).map((field) => `${name}.${item.id}.${field.name}`),
  );
  return value === undefined || items.length < group.minItems ? [name, ...values] : values;
}

/** Returns whether a group has as many items as it needs, and each of them all of its required values. */
export function isWholeGroup(group: Group, value: Json | undefined): boolean {
  const items = itemsOf(value);
  return items.length >= group.minItems && items.every((item) => missingInItem(group, item).length === 0);
}

/**
 * Merges what was sent for a group into its items.
 * @param sent the whole list, or operations: a list in which every entry has an `op`
 */
export function mergeGroup(
  { name, group }: { readonly name: string; readonly group: Group },
  before: Json | undefined,
  sent: unknown,
  ids: ItemIds,
): MergedGroup {
  const merge = new GroupMerge(name, group, itemsOf(before), ids);
  if (!Array.isArray(sent)) merge.refuse(name, ['must be a list of items, or of operations on items'], name);
  else {
    const entries: readonly unknown[] = sent;
    const withOperation = entries.filter((entry) => isObject(entry) && Object.hasOwn(entry, 'op'));
    if (withOperation.length === 0) merge.replaceAll(entries);
    else if (withOperation.length === entries.length)
      entries.forEach((entry, at) => merge.operate(entry, at));
    else merge.refuse(name, ['holds items and operations: send the whole list, or operations only'], name);
  }
  return merge.result();
}

class GroupMerge {
  readonly #name: string;
  readonly #group: Group;
  readonly #ids: ItemIds;
  readonly #refusals: Refusal[] = [];
  readonly #ignored: string[] = [];
  #items: Map<string, Map<string, Json>>;
  #made: number;
  #surplus: { count: number; readonly place: string } | null = null;

  constructor(name: string, group: Group, before: readonly GroupItem[], ids: ItemIds) {
    this.#name = name;
    this.#group = group;
    this.#ids = ids;
    this.#items = new Map(before.map(({ id, values }) => [id, new Map(values)]));
    this.#made = Math.max(0, ...before.map(({ id }) => numberUnder(ids.prefix, id)));
  }

  refuse(field: string, issues: readonly string[], place: string): void {
    this.#refusals.push({ field, issues, place });
  }

  /**
   * Takes the whole list: an entry with the id of an item is that item, one without an id is the item at its position,
   * unless another entry names that one, and all others are new. Items that no entry stands for are removed.
   */
  replaceAll(entries: readonly unknown[]): void {
    const before = this.#items;
    const positions = [...before.keys()];
    const named = entries.map((entry) => this.#idIn(entry));
    const claimed = new Set(named.filter((id) => id !== null && before.has(id)));
    const seen = new Set<string>();
    this.#items = new Map();
    entries.forEach((entry, index) => {
      const place = `${this.#name}.${index}`;
      const given = named[index] ?? null;
      if (given !== null && seen.has(given)) {
        this.refuse(`${this.#name}.${given}`, ['is in the list twice: each item once'], place);
        return;
      }
      const atPosition = positions[index];
      const known =
        given !== null
          ? before.has(given)
            ? given
            : null
          : atPosition !== undefined && !claimed.has(atPosition)
            ? atPosition
            : null;
      if (known === null && !isObject(entry)) {
        this.refuse(place, ['must be an object with the fields of one item'], place);
        return;
      }
      const id = known ?? this.#newId(given, place);
      if (id === null) return;
      seen.add(id);
      const earlier = known === null ? undefined : before.get(known);
      this.#items.set(id, this.#readItem(id, entry, { earlier, place }));
    });
  }

  /** Carries out one operation; one that can't be read, or names no item, changes nothing. */
  operate(entry: unknown, index: number): void {
    const place = `${this.#name}.${index}`;
    const { op, id, values } = partsOf(entry);
    if (op !== 'add' && op !== 'set' && op !== 'remove') {
      this.refuse(this.#name, ['op must be one of "add", "set", "remove"'], `${place}.op`);
      return;
    }
    if (op === 'add') {
      const newId = this.#newId(null, place);
      if (newId === null) return;
      this.#items.set(newId, new Map());
      this.#set(newId, values, `${place}.values`);
      return;
    }
    const known = typeof id === 'string' ? this.#items.get(id) : undefined;
    if (typeof id !== 'string' || known === undefined) {
      const named = typeof id === 'string' ? `.${id}` : '';
      this.refuse(`${this.#name}${named}`, ['there is no such item'], `${place}.id`);
    } else if (op === 'remove') this.#items.delete(id);
    else this.#set(id, values, `${place}.values`);
  }

  result(): MergedGroup {
    const { maxItems } = this.#group;
    if (this.#surplus !== null) {
      const { count, place } = this.#surplus;
      this.refuse(this.#name, [`takes at most ${maxItems} items: ${count} more did not fit`], place);
    }
    return {
      value: [...this.#items].map(([id, values]) => ({ id, ...this.#inOrder(values) })),
      refusals: this.#refusals,
      ignored: this.#ignored,
    };
  }

  #idIn(entry: unknown): string | null {
    const { id } = partsOf(entry);
    return typeof id === 'string' && givenId.test(id) ? id : null;
  }

  /** An id that no item of the conversation has had; null where the group is full. */
  #newId(given: string | null, place: string): string | null {
    if (this.#items.size >= this.#group.maxItems) {
      this.#surplus = { count: (this.#surplus?.count ?? 0) + 1, place: this.#surplus?.place ?? place };
      return null;
    }
    if (given !== null && this.#ids.keepsGiven && !this.#items.has(given)) return given;
    this.#made += 1;
    return `${this.#ids.prefix}-${this.#made}`;
  }

  /** The values of an item in a whole list: one that is left out is cleared, one that is refused stays as it was. */
  #readItem(
    id: string,
    entry: unknown,
    { earlier, place }: { readonly earlier: ReadonlyMap<string, Json> | undefined; readonly place: string },
  ): Map<string, Json> {
    if (!isObject(entry)) {
      this.refuse(`${this.#name}.${id}`, ['must be an object with the fields of one item'], place);
      return new Map(earlier);
    }
    const values = new Map<string, Json>();
    for (const [member, value] of Object.entries(entry)) {
      if (member === 'id') continue;
      this.#setValue({ id, member, value, place }, values, earlier?.get(member));
    }
    return values;
  }

  #set(id: string, sent: unknown, place: string): void {
    const values = this.#items.get(id);
    if (values === undefined || sent === undefined || sent === null) return;
    if (!isObject(sent)) {
      this.refuse(`${this.#name}.${id}`, ['values must be an object with fields of the item'], place);
      return;
    }
    for (const [member, value] of Object.entries(sent)) {
      if (member === 'id') continue;
      this.#setValue({ id, member, value, place }, values, values.get(member));
    }
  }

  #setValue(
    { id, member, value, place }: { id: string; member: string; value: unknown; place: string },
    values: Map<string, Json>,
    earlier: Json | undefined,
  ): void {
    const field = this.#group.fields.get(member);
    const path = `${this.#name}.${id}.${member}`;
    if (field === undefined) {
      this.#ignored.push(path);
      return;
    }
    if (value === null || value === undefined) {
      values.delete(member);
      return;
    }
    const checked = field.check(value);
    if (checked.ok) values.set(member, checked.value);
    else {
      this.refuse(path, checked.issues, `${place}.${member}`);
      if (earlier !== undefined) values.set(member, earlier);
    }
  }

  /** In the order of the schema, so that equal items are equal texts. */
  #inOrder(values: ReadonlyMap<string, Json>): JsonObject {
    const ordered = [...this.#group.fields.keys()].flatMap((member): [string, Json][] => {
      const value = values.get(member);
      return value === undefined ? [] : [[member, value]];
    });
    return Object.fromEntries(ordered);
  }
}

const givenId = /^[\w-]{1,40}$/;

interface Operation {
  readonly op: unknown;
  readonly id: unknown;
  readonly values: unknown;
}

function partsOf(entry: unknown): Operation {
  const members = new Map<string, unknown>(isObject(entry) ? Object.entries(entry) : []);
  return { op: members.get('op'), id: members.get('id'), values: members.get('values') };
}

/** The number of an id under a prefix: 2 for `3-2` under `3`; 0 for the id of another turn. */
function numberUnder(prefix: string, id: string): number {
  const number = id.startsWith(`${prefix}-`) ? id.slice(prefix.length + 1) : '';
  return /^\d{1,6}$/.test(number) ? Number(number) : 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
