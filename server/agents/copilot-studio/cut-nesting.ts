/**
 * Puts `null` in place of what is nested deeper than so many levels in a JSON text, before it is parsed: a text of
 * nothing but brackets would otherwise come to sixty times its size. A text that is no JSON stays none, or is cut where
 * nobody looks.
 */
export function cutNesting(json: string, levels: number): string {
  const kept: string[] = [];
  let depth = 0;
  let keptTo = 0;
  for (let index = 0; index < json.length; index += 1) {
    switch (json.charCodeAt(index)) {
      case quote:
        index = endOfText(json, index);
        break;
      case openBracket:
      case openBrace:
        depth += 1;
        if (depth === levels + 1) kept.push(json.slice(keptTo, index), 'null');
        break;
      case closeBracket:
      case closeBrace:
        if (depth === levels + 1) keptTo = index + 1;
        depth -= 1;
        break;
      default:
    }
  }
  return kept.length === 0 ? json : [...kept, json.slice(keptTo)].join('');
}

const quote = 34;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** Where the text that begins at a quote ends: at the next quote that no backslash stands before. */
function endOfText(json: string, from: number): number {
  let index = from + 1;
  while (index < json.length && json.charCodeAt(index) !== quote) {
    index += json.charCodeAt(index) === backslash ? 2 : 1;
  }
  return index;
}
