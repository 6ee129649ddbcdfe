import type { Json } from '../../../workflows/definition/json.ts';

/**
 * Parses JSON, and JSON with the slips that models make: a comma after the last member, comments, and line breaks that
 * stand in a string as they are. Nothing is completed: text that breaks off stays invalid. Linear.
 * @returns undefined for text that is no JSON even so
 */
export function parseRelaxedJson(text: string): Json | undefined {
  return parse(text) ?? parse(withoutSlips(text));
}

function parse(text: string): Json | undefined {
  try {
    // Safe to call JSON: whoever asks treats it as something unknown.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

// A string, a comment, a comma, or blanks; each alternative begins with a character of its own, so nothing is tried
// twice.
const token = /"(?:[^"\\]|\\[^])*"?|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?|,|[\s\u00a0\ufeff]+|[^]/g;

function withoutSlips(text: string): string {
  const kept: string[] = [];
  let comma = '';
  for (const [part] of text.matchAll(token)) {
    if (part.startsWith('//') || part.startsWith('/*')) continue;
    if (part.trim() === '') {
      kept.push(' ');
      continue;
    }
    // A comma waits for what follows: before a closing bracket it separates nothing.
    if (comma !== '' && part !== '}' && part !== ']') kept.push(comma);
    comma = part === ',' ? ',' : '';
    if (comma === '') kept.push(part.startsWith('"') ? escaped(part) : part);
  }
  return kept.join('');
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
]);

/** Control characters are forbidden in a string of JSON, unless they are escaped. */
function escaped(string: string): string {
  return string.replaceAll(/[\n\r\t]/g, (character) => escapes.get(character) ?? ' ');
}
