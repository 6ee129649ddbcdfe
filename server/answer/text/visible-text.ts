import { firstChars } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { TextParts } from './text-parts.ts';
import type { TextPart } from './text-parts.ts';
import { withoutThoughts } from './thought-filter.ts';

/** What a whole text comes to: what the person sees, and what it says as structure. */
export function partsOf(text: string): readonly TextPart[] {
  const parts = new TextParts();
  return [...parts.append(withoutThoughts(readable(text))), ...parts.finish()];
}

/** So much of a text as is read: what comes beyond is neither shown nor structure. */
export function readable(text: string): string {
  return firstChars(text, limits.readCharsOfText);
}

/** What a person gets to see of a text: its structure is not repeated to them, and what is too long is cut. */
export function visibleText(text: string): string {
  return cut(withoutStructure(text), limits.messageChars);
}

/** The text without its thoughts, its structure and its blank edges. */
export function withoutStructure(text: string): string {
  return wordsOf(partsOf(text)).trim();
}

export function wordsOf(parts: readonly TextPart[]): string {
  return parts.map(({ words }) => words).join('');
}

/** The text, or its beginning with a sign that there was more. */
export function cut(text: string, atMost: number): string {
  return text.length <= atMost ? text : `${firstChars(text, atMost - 1)}…`;
}
