import { createHash } from 'node:crypto';
import type { TurnInput } from '../domain/briefing.ts';

/** Tells whether a repeated turn id came with the same input (I4). Does not depend on the order of an object's keys. */
export function inputDigest(input: TurnInput): string {
  return createHash('sha256').update(canonicalJson(input)).digest('base64url');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );
}
