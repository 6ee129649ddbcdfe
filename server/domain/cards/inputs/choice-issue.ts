import type { Json } from '../../../../workflows/definition/json.ts';
import { limits } from '../../limits.ts';
import { isNode, own, ownFlag } from '../card-node.ts';
import type { CardNode } from '../card-node.ts';
import { textOf } from './text-of.ts';

export function choiceIssue(input: CardNode, value: Json): string | null {
  const given = textOf(value);
  if (given === null || given.length > limits.textChars) {
    return `must be a text of at most ${limits.textChars} characters`;
  }
  // These choices are looked up elsewhere while a person types: the card doesn't hold them.
  if (isNode(own(input, 'choices.data'))) return null;
  const choices = choicesOf(input);
  if (!ownFlag(input, 'isMultiSelect')) {
    return choices.has(given) ? null : "must be one of the card's choices";
  }
  return isList(given, choices) ? null : "must be some of the card's choices, separated by commas";
}

function choicesOf(input: CardNode): ReadonlySet<string> {
  const choices = own(input, 'choices');
  if (!Array.isArray(choices)) return new Set();
  return new Set(
    choices.flatMap((choice) => (isNode(choice) ? (textOf(own(choice, 'value') ?? null) ?? []) : [])),
  );
}

/** Whether a text is nothing but choices with commas between; a choice may hold commas itself. */
function isList(text: string, choices: ReadonlySet<string>): boolean {
  const withCommas = [...choices].filter((choice) => choice.includes(','));
  const beginnings = new Set([0]);
  // A set hands out what is added to it while it is gone through.
  for (const start of beginnings) {
    const comma = text.indexOf(',', start);
    const next = text.slice(start, comma === -1 ? undefined : comma);
    const here = withCommas.filter((choice) => text.startsWith(choice, start));
    for (const choice of choices.has(next) ? [next, ...here] : here) {
      const end = start + choice.length;
      if (end === text.length) return true;
      if (text.charAt(end) === ',') beginnings.add(end + 1);
    }
  }
  return false;
}
