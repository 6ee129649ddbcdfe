import { readContractText } from '../contract.ts';
import { findJsonBlocks } from '../fenced-blocks.ts';
import { firstChars } from '../first-chars.ts';
import { limits } from '../limits.ts';

/** What a person gets to see of a text: its structure is not repeated to them, and what is too long is cut. */
export function visibleText(text: string): string {
  return cut(withoutStructure(text, limits.messageChars), limits.messageChars);
}

/**
 * The text without its structure and its blank edges. Of a text that is longer than so many characters even then,
 * only those are looked at: nobody sees the rest.
 */
export function withoutStructure(text: string, seen = Infinity): string {
  if (isWholeObject(text) && readContractText(text).kind === 'contract') return '';
  let visible = '';
  let from = firstWord(text, 0);
  for (const { start, end, content } of findJsonBlocks(text)) {
    if (visible.length + start - from > seen) break;
    if (readContractText(content).kind !== 'contract') continue;
    visible += text.slice(from, start);
    from = visible === '' ? firstWord(text, end) : end;
  }
  return (visible + text.slice(from)).trimEnd();
}

/** Where the blanks end that begin here. */
function firstWord(text: string, from: number): number {
  const word = /\S/g;
  word.lastIndex = from;
  return word.exec(text)?.index ?? text.length;
}

/** Whether a text is, from end to end, something that looks like one JSON object. */
export function isWholeObject(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}');
}

/** The text, or its beginning with a sign that there was more. */
export function cut(text: string, atMost: number): string {
  return text.length <= atMost ? text : `${firstChars(text, atMost - 1)}…`;
}
