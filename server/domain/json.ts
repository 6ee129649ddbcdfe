import type { Json } from '../../workflows/definition/json.ts';
import { limits } from './limits.ts';

/**
 * JSON that came from outside (an agent, a caller), made safe to keep: copied into plain objects, bounded in depth and
 * size, without keys that reach a prototype. Two copies serve two needs: `toBoundedJson` refuses a value that is too
 * large, `pruneDepth` leaves the surplus out. The rest of the file reads, compares and cuts such values.
 */

export type JsonObject = Record<string, Json>;

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns the value that an object holds itself under a key. Inherited values do not count, so that a name from outside
 * never reaches what every object inherits.
 */
export function ownProperty<Value>(from: Readonly<Record<string, Value>>, key: string): Value | undefined;
export function ownProperty(from: unknown, key: string): unknown;
export function ownProperty(from: unknown, key: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  return Object.getOwnPropertyDescriptor(from, key)?.value;
}

export type BoundedJson =
  | { readonly ok: true; readonly value: Json }
  /** The issue goes on from the value's name: "is not JSON". */
  | { readonly ok: false; readonly issue: string };

export interface JsonBounds {
  readonly depth: number;
  readonly values: number;
}

const structureBounds: JsonBounds = { depth: limits.structureDepth, values: limits.structureValues };

// An object with a value of its own under one of these can't be compared or printed: that throws a TypeError, and zod
// compares whatever has a `length` with a bound.
const conversionKeys = ['toString', 'valueOf'];

// As own keys of an object of ours these would pass for what every object inherits (docs/architecture.md, Trust).
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype', ...conversionKeys]);

class OutOfBounds extends Error {}

/**
 * Copies a value from outside, as far as it is JSON, into plain objects: bounded in depth and size, without keys that
 * could reach a prototype. Values that JSON does not have (`undefined`, functions) are left out.
 */
export function toBoundedJson(value: unknown, bounds: JsonBounds = structureBounds): BoundedJson {
  return copyBounded(value, bounds, leftOut);
}

/**
 * Copies a caller's value in the same way, but refuses a part that is not JSON, because no part may be lost silently.
 * @param refusesNames true to refuse a key that could reach a prototype, too, instead of leaving it out
 */
export function toBoundedStrictJson(value: unknown, refusesNames = false): BoundedJson {
  return copyBounded(value, structureBounds, {
    notJson: (path) => {
      throw new OutOfBounds(`holds something at "${path}" that JSON does not have`);
    },
    forbiddenKey: (path) => {
      if (refusesNames) throw new OutOfBounds(`holds the name "${path}", which can not be taken`);
    },
  });
}

/** Told of each part that is about to be left out, by its path. */
interface LeftOut {
  notJson(path: string): void;
  forbiddenKey(path: string): void;
}

const leftOut: LeftOut = { notJson: () => undefined, forbiddenKey: () => undefined };

function copyBounded(value: unknown, bounds: JsonBounds, told: LeftOut): BoundedJson {
  try {
    const copied = new BoundedCopy(bounds, told).of(value);
    return copied === undefined ? { ok: false, issue: 'is not JSON' } : { ok: true, value: copied };
  } catch (error) {
    if (error instanceof OutOfBounds) return { ok: false, issue: error.message };
    throw error;
  }
}

class BoundedCopy {
  readonly #bounds: JsonBounds;
  readonly #told: LeftOut;
  /** One list for the whole copy: a path of its own for every value would cost more than the value. */
  readonly #path: string[] = [];
  #remaining: number;

  constructor(bounds: JsonBounds, told: LeftOut) {
    this.#bounds = bounds;
    this.#told = told;
    this.#remaining = bounds.values;
  }

  of(from: unknown): Json | undefined {
    const { depth, values } = this.#bounds;
    this.#remaining -= 1;
    if (this.#remaining < 0) throw new OutOfBounds(`holds more than ${values} values`);
    if (from === null || typeof from === 'string' || typeof from === 'boolean') return from;
    if (typeof from === 'number' && Number.isFinite(from)) return from;
    if (typeof from !== 'object' || !isPlain(from)) {
      this.#told.notJson(this.#path.join('.'));
      return undefined;
    }
    if (this.#path.length >= depth) throw new OutOfBounds(`is nested more than ${depth} levels deep`);
    if (Array.isArray(from)) {
      return Array.from(from, (item: unknown, index) => this.#at(String(index), item) ?? null);
    }
    const copied: [string, Json][] = [];
    for (const [key, item] of membersOf(from)) {
      if (forbiddenKeys.has(key)) {
        this.#told.forbiddenKey([...this.#path, key].join('.'));
        continue;
      }
      const member = this.#at(key, item);
      if (member !== undefined) copied.push([key, member]);
    }
    return Object.fromEntries(copied);
  }

  #at(key: string, from: unknown): Json | undefined {
    this.#path.push(key);
    const copied = this.of(from);
    this.#path.pop();
    return copied;
  }
}

function membersOf(object: object): [string, unknown][] {
  return Object.entries(object);
}

/** Excludes Date, Map and every other class, whose JSON would not be the value itself. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

interface Pruned {
  readonly value: unknown;
  /** True where a part was left out for its depth. */
  readonly isCut: boolean;
  /** True where a part was left out because there was too much. */
  readonly isWide: boolean;
}

/**
 * Copies a value, with `null` in place of parts that are nested deeper than anything here reads, so that recursion over
 * it is safe: `JSON.stringify` runs out of stack at some thousand levels. Lists and objects end once there are too many
 * values in all; the members of the outermost one are counted apart, so that a long one leaves room for the others.
 * Values that are neither plain objects nor lists, and objects that contain themselves, stay as they are.
 */
export function pruneDepth(value: unknown): Pruned {
  const pruning = new Pruning();
  return { value: pruning.copy(value), isCut: pruning.isCut, isWide: pruning.isWide };
}

class Pruning {
  isCut = false;
  isWide = false;
  readonly #ancestors = new Set<object>();
  #membersLeft: number = limits.activityValues;
  #othersLeft: number = limits.activityValues;

  copy(from: unknown): unknown {
    const ancestors = this.#ancestors;
    if (typeof from !== 'object' || from === null || !isPlain(from) || ancestors.has(from)) return from;
    if (ancestors.size >= limits.activityDepth) {
      this.isCut = true;
      return null;
    }
    ancestors.add(from);
    const copied = Array.isArray(from) ? this.#copyList(from) : this.#copyObject(from);
    ancestors.delete(from);
    return copied;
  }

  #copyList(from: readonly unknown[]): unknown[] {
    const copied: unknown[] = [];
    for (const item of from) {
      if (!this.#mayTake()) break;
      copied.push(this.copy(item));
    }
    return copied;
  }

  #copyObject(from: object): object {
    const copied: [string, unknown][] = [];
    // Object.entries would look at all of them.
    for (const key in from) {
      if (!Object.hasOwn(from, key) || conversionKeys.includes(key)) continue;
      if (!this.#mayTake()) break;
      copied.push([key, this.copy(Reflect.get(from, key))]);
    }
    // A key such as `__proto__` stays an own key, as JSON.parse made it.
    return Object.fromEntries(copied);
  }

  #mayTake(): boolean {
    const left = this.#ancestors.size === 1 ? (this.#membersLeft -= 1) : (this.#othersLeft -= 1);
    this.isWide ||= left < 0;
    return left >= 0;
  }
}

/** Returns the same text for equal JSON, whatever the order of its objects' keys, so that texts can be compared. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );
}

/**
 * Returns the first characters (UTF-16 units) of a text: one less where the cut would fall between the two halves of a
 * surrogate pair, because half a character is not well-formed text.
 */
export function firstChars(text: string, atMost: number): string {
  if (text.length <= atMost) return text;
  const last = text.charCodeAt(atMost - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? atMost - 1 : atMost);
}

/** Returns the text, or its beginning with an ellipsis, in at most so many characters. */
export function cutTo(text: string, atMost: number): string {
  return text.length <= atMost ? text : `${firstChars(text, atMost - 1)}…`;
}
