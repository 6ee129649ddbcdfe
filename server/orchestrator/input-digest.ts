import { createHash } from 'node:crypto';
import type { TurnInput } from '../domain/briefing.ts';
import { canonicalJson } from '../domain/canonical-json.ts';

/** Tells whether a repeated turn id came with the same input (I4). Does not depend on the order of an object's keys. */
export function inputDigest(input: TurnInput): string {
  return createHash('sha256').update(canonicalJson(input)).digest('base64url');
}
