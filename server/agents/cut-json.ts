/**
 * Replaces every value nested deeper than `levels` in a JSON text by `null`, before the text is parsed: parsing a text
 * of brackets only would take sixty times its size in memory. Invalid JSON stays invalid, or only its cut part was.
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
 * Limits a JSON text to `values` values before it is parsed: once the limit is reached, open lists and objects end, and
 * later ones become `null`. Members of the outermost object have a limit of their own, so that one long member does not
 * cost the members after it. Invalid JSON stays invalid, or only its cut part was.
 */
export function cutWidth(json: string, values: number): string {
  const kept: string[] = [];
  let depth = 0;
  let members = 0;
  let others = 0;
  let keptFrom = 0;
  /** The container that is being cut at this depth: all of it, or the rest of it. */
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

/** The index of the closing quote of the string that opens at `from`: the next quote without a backslash before it. */
function endOfText(json: string, from: number): number {
  let index = from + 1;
  while (index < json.length && json.charCodeAt(index) !== quote) {
    index += json.charCodeAt(index) === backslash ? 2 : 1;
  }
  return index;
}
