import type { z } from 'zod';
import { patternStepsWithin } from './pattern-steps.ts';
import { partsOf, patternsOf } from './schema-parts.ts';
import { maxLengthOf, placedTexts } from './text-bounds.ts';

/** Longest text of a turn, in characters; a pattern whose field has no `maxLength` is judged on this length. */
const longestText = 8_000;

/**
 * Lists the faults of a field's patterns, without repeats. The server, and clients that read `workflow.definitions`,
 * try these patterns on untrusted texts, so each pattern must be linear, or its texts must be short.
 */
export function patternFaults(schema: z.core.$ZodType): string[] {
  const placed = placedTexts(schema);
  const faults = partsOf(schema).flatMap((part) => {
    const maxLength = placed.has(part) ? maxLengthOf(part) : null;
    return patternsOf(part).map((pattern) => patternFault(pattern, maxLength));
  });
  return [...new Set(faults.filter((fault) => fault !== null))];
}

export function patternFault({ source, flags }: RegExp, maxLength: number | null): string | null {
  const chars = Math.min(maxLength ?? longestText, longestText);
  if (patternStepsWithin(chars, source, flags) !== null) return null;
  const shorter =
    maxLength === null ? 'set a small maxLength, or' : `set a smaller maxLength than ${maxLength}, or`;
  return (
    `its pattern /${shortened(source)}/ may take very long on some texts, or it is not known how long: ` +
    `${shorter} begin it with ^, leave out backreferences and lookbehinds, and let no two repeats in a row, ` +
    'or one within another, fit the same characters'
  );
}

function shortened(source: string): string {
  return source.length > 60 ? `${source.slice(0, 60)}…` : source;
}
