import type { z } from 'zod';
import { patternStepsWithin } from './pattern-steps.ts';
import { patternsOf } from './patterns-of.ts';
import { partsOf } from './schema-parts.ts';
import { maxLengthOf, placedTexts } from './text-bounds.ts';

/** The longest text that a person can say, and with that the longest that a pattern without a bound of its own is judged by. */
const longestText = 8_000;

/**
 * What is wrong with the patterns of a field, each once. They are tried on what anybody says, by the server and by clients
 * that read them in `workflow.definitions`, so each must be linear, or its texts be short.
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
    `its pattern /${firstOf(source)}/ may take very long on some texts, or it is not known how long: ${shorter} begin it with ^, ` +
    'leave out backreferences and lookbehinds, and let no two repeats in a row, or one within another, fit the same characters'
  );
}

function firstOf(source: string): string {
  return source.length > 60 ? `${source.slice(0, 60)}…` : source;
}
