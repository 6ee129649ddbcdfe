import type { Json } from '../../workflows/definition/json.ts';
import { limits } from './limits.ts';

/** Why a value was not taken over. */
export type BoundedJson =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly issue: string };

export interface JsonBounds {
  readonly depth: number;
  readonly values: number;
}

const structureBounds: JsonBounds = { depth: limits.structureDepth, values: limits.structureValues };

// As own keys of an object of ours these would pass for what every object inherits (docs/architecture.md, Trust).
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

class OutOfBounds extends Error {}

/**
 * Copies something that came from outside, as far as it is JSON, into plain objects of ours: bounded in depth and
 * size, without keys that could reach a prototype. What JSON has no word for (`undefined`, functions) is left out.
 */
export function toBoundedJson(value: unknown, bounds: JsonBounds = structureBounds): BoundedJson {
  return copyBounded(value, bounds, () => undefined);
}

/** The same for what a caller sent, of which nothing may be lost without a word: what is not JSON is refused. */
export function toBoundedStrictJson(value: unknown): BoundedJson {
  return copyBounded(value, structureBounds, (path) => {
    throw new OutOfBounds(`holds something at "${path}" that JSON does not have`);
  });
}

function copyBounded(
  value: unknown,
  { depth, values }: JsonBounds,
  onNotJson: (path: string) => void,
): BoundedJson {
  let remaining: number = values;
  // Where the copy is: one list for all of it, because a path of its own for every value costs more than the value.
  const path: string[] = [];
  const copyAt = (key: string, from: unknown): Json | undefined => {
    path.push(key);
    const copied = copy(from);
    path.pop();
    return copied;
  };
  const copy = (from: unknown): Json | undefined => {
    remaining -= 1;
    if (remaining < 0) throw new OutOfBounds(`holds more than ${values} values`);
    if (from === null || typeof from === 'string' || typeof from === 'boolean') return from;
    if (typeof from === 'number' && Number.isFinite(from)) return from;
    if (typeof from !== 'object' || !isPlain(from)) {
      onNotJson(path.join('.'));
      return undefined;
    }
    if (path.length >= depth) throw new OutOfBounds(`is nested more than ${depth} levels deep`);
    if (Array.isArray(from)) {
      return Array.from(from, (item: unknown, index) => copyAt(String(index), item) ?? null);
    }
    return Object.fromEntries(
      Object.entries(from).flatMap(([key, item]: [string, unknown]) => {
        if (forbiddenKeys.has(key)) return [];
        const copied = copyAt(key, item);
        return copied === undefined ? [] : [[key, copied] as const];
      }),
    );
  };
  try {
    const copied = copy(value);
    return copied === undefined ? { ok: false, issue: 'is not JSON' } : { ok: true, value: copied };
  } catch (error) {
    if (error instanceof OutOfBounds) return { ok: false, issue: error.message };
    throw error;
  }
}

/** Neither a Date nor a Map nor anything else whose JSON would not be what it is. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
