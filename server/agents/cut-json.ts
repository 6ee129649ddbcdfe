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

/**
 * Leaves out of a JSON text what would be more than so many values, before it is parsed: lists and objects end where
 * there were as many, and those that begin behind that are `null`. The members of the outermost object have a number of
 * their own, so that a long one does not take those behind it along. A text that is no JSON stays none.
 */
export function cutWidth(json: string, values: number): string {
  const kept: string[] = [];
  let depth = 0;
  let members = 0;
  let others = 0;
  let keptFrom = 0;
  /** What is being left out: the container at this depth, as a whole or its rest. */
  let cut: { readonly depth: number; readonly isWhole: boolean } | null = null;
  for (let index = 0; index < json.length; index += 1) {
    switch (json.charCodeAt(index)) {
      case quote:
        index = endOfText(json, index);
        break;
      case openBracket:
      case openBrace:
        depth += 1;
        if (depth > 1) others += 1;
        if (cut === null && depth > 1 && others > values) {
          kept.push(json.slice(keptFrom, index), 'null');
          cut = { depth, isWhole: true };
        }
        break;
      case comma:
        if (depth > 1) others += 1;
        else members += 1;
        if (cut === null && (depth > 1 ? others : members) >= values) {
          kept.push(json.slice(keptFrom, index));
          cut = { depth, isWhole: false };
        }
        break;
      case closeBracket:
      case closeBrace:
        if (cut?.depth === depth) {
          keptFrom = cut.isWhole ? index + 1 : index;
          cut = null;
        }
        depth -= 1;
        break;
      default:
    }
  }
  if (kept.length === 0) return json;
  return [...kept, cut === null ? json.slice(keptFrom) : ''].join('');
}

const quote = 34;
const backslash = 92;
const comma = 44;
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
