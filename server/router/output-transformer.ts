/**
 * Serializes what procedures return, byte for byte as superjson does.
 *
 * Results are plain JSON with a few dates, and superjson's general walk (a copy of every object, the path of every
 * value) costs several times what `JSON.stringify` does. For plain data this file only looks for dates. Whatever
 * superjson would treat in another way goes to superjson itself, so equality does not depend on what results look like
 * today: `undefined`, numbers that JSON lacks, instances of classes, objects that occur twice, keys that it refuses or
 * escapes.
 */
import superjson from 'superjson';
import type { SuperJSONResult } from 'superjson';

/** The serialized form; it becomes text by `JSON.stringify`, which writes dates as superjson does. */
interface Serialized {
  readonly json: unknown;
  readonly meta?: { readonly values: Readonly<Record<string, readonly ['Date']>>; readonly v: 1 };
}

/** Returns a value whose JSON is that of `superjson.serialize(value)`. It may share objects with `value`. */
export function serializeOutput(value: unknown): Serialized | SuperJSONResult {
  const walk: Walk = { seen: new Set(), path: [], dates: null };
  if (!isPlain(value, walk)) return superjson.serialize(value);
  return walk.dates === null ? { json: value } : { json: value, meta: { values: walk.dates, v: 1 } };
}

interface Walk {
  /** The objects so far: superjson marks an object that occurs at two places. */
  readonly seen: Set<object>;
  /** The keys on the way to the present value. */
  readonly path: string[];
  dates: Record<string, readonly ['Date']> | null;
}

const dateMark = ['Date'] as const;

/** Collects the dates in plain data; returns false at anything that superjson would not leave as it is. */
function isPlain(value: unknown, walk: Walk): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'object' && isPlainObject(value, walk);
}

function isPlainObject(value: object, walk: Walk): boolean {
  const { seen } = walk;
  const size = seen.size;
  // An object that was there already does not make the set larger.
  if (seen.add(value).size === size) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return isPlainDate(value as Date, walk);
  const isPlainHolder =
    prototype === Array.prototype
      ? Array.isArray(value)
      : prototype === Object.prototype || prototype === null;
  return isPlainHolder && arePlainEntries(value as Record<string, unknown>, walk);
}

function arePlainEntries(holder: Readonly<Record<string, unknown>>, walk: Walk): boolean {
  const { path } = walk;
  let count = 0;
  // The prototypes above have no enumerable keys, so these are the holder's own.
  for (const key in holder) {
    count += 1;
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') return false;
    path.push(key);
    if (!isPlain(holder[key], walk)) return false;
    path.pop();
  }
  // False for a list with holes or with other keys.
  return !Array.isArray(holder) || holder.length === count;
}

function isPlainDate(date: Date, walk: Walk): boolean {
  if (Number.isNaN(date.getTime())) return false;
  const { path } = walk;
  // superjson escapes such keys. A number as the last key would change the order of the marks.
  if (path.length === 0 || path.some((key) => /[.\\]/.test(key)) || /^\d/.test(path.at(-1) ?? ''))
    return false;
  walk.dates ??= {};
  walk.dates[path.join('.')] = dateMark;
  return true;
}
