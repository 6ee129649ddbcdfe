import { cutTo, firstChars } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { TextParts } from './text-parts.ts';
import type { TextPart } from './text-parts.ts';
import { withoutThoughts } from './thought-filter.ts';

/** Takes a whole text apart into the words that the person sees and its structure. */
export function partsOf(text: string): readonly TextPart[] {
  const parts = new TextParts();
  return [...parts.append(withoutThoughts(readableStart(text))), ...parts.finish()];
}

/** Returns as much of a text as is read: the rest is neither shown nor structure. */
export function readableStart(text: string): string {
  return firstChars(text, limits.readCharsOfText);
}

/** Returns what the person sees of a text: without its structure, and cut where it is too long. */
export function visibleText(text: string): string {
  return cutTo(withoutStructure(text), limits.messageChars);
}

/** Returns the text without its thoughts, its structure and its blank edges. */
export function withoutStructure(text: string): string {
  return visibleWords(partsOf(text)).trim();
}

export function visibleWords(parts: readonly TextPart[]): string {
  return parts.map(({ words }) => words).join('');
}
