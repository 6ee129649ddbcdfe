import type { Json } from '../../workflows/definition/json.ts';
import { limits } from './limits.ts';

/** Why a value was not taken over. */
export type BoundedJson =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly issue: string };

// As own keys of an object of ours these would pass for what every object inherits (design, section 10).
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

class OutOfBounds extends Error {}

/**
 * Copies something that came from outside, as far as it is JSON, into plain objects of ours: bounded in depth and
 * size, without keys that could reach a prototype. What JSON has no word for (`undefined`, functions) is left out.
 */
export function toBoundedJson(value: unknown): BoundedJson {
  let remaining: number = limits.structureValues;
  const copy = (from: unknown, depth: number): Json | undefined => {
    remaining -= 1;
    if (remaining < 0) throw new OutOfBounds(`holds more than ${limits.structureValues} values`);
    if (from === null || typeof from === 'string' || typeof from === 'boolean') return from;
    if (typeof from === 'number') return Number.isFinite(from) ? from : undefined;
    if (typeof from !== 'object') return undefined;
    if (depth >= limits.structureDepth) {
      throw new OutOfBounds(`is nested more than ${limits.structureDepth} levels deep`);
    }
    if (Array.isArray(from)) return Array.from(from, (item: unknown) => copy(item, depth + 1) ?? null);
    return Object.fromEntries(
      Object.entries(from).flatMap(([key, item]: [string, unknown]) => {
        if (forbiddenKeys.has(key)) return [];
        const copied = copy(item, depth + 1);
        return copied === undefined ? [] : [[key, copied] as const];
      }),
    );
  };
  try {
    const copied = copy(value, 0);
    return copied === undefined ? { ok: false, issue: 'is not JSON' } : { ok: true, value: copied };
  } catch (error) {
    if (error instanceof OutOfBounds) return { ok: false, issue: error.message };
    throw error;
  }
}
