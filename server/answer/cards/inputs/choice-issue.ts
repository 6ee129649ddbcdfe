import type { Json } from '../../../../workflows/definition/json.ts';
import { limits } from '../../../domain/limits.ts';
import { ownProperty } from '../../../domain/json.ts';
import { isNode, ownFlag } from '../card-node.ts';
import type { CardNode } from '../card-node.ts';
import { textOf } from './text-of.ts';

/** @param mostSteps what trying the ways to read a list of choices may take; a list that needs more is refused */
export function choiceIssue(input: CardNode, value: Json, mostSteps: number): string | null {
  const given = textOf(value);
  if (given === null || given.length > limits.textChars) {
    return `must be a text of at most ${limits.textChars} characters`;
  }
  // These choices are looked up elsewhere while a person types: the card doesn't hold them.
  if (isNode(ownProperty(input, 'choices.data'))) return null;
  const choices = choicesOf(input);
  if (!ownFlag(input, 'isMultiSelect')) {
    return choices.has(given) ? null : "must be one of the card's choices";
  }
  return isList(given, choices, mostSteps) ? null : "must be some of the card's choices, separated by commas";
}

function choicesOf(input: CardNode): ReadonlySet<string> {
  const choices = ownProperty(input, 'choices');
  if (!Array.isArray(choices)) return new Set();
  return new Set(
    choices.flatMap((choice) => (isNode(choice) ? (textOf(ownProperty(choice, 'value') ?? null) ?? []) : [])),
  );
}

/** What one look into the choices takes at least, in steps of a regular expression. */
const stepsToLook = 10;

/**
 * Whether a text is nothing but choices with commas between; a choice may hold commas itself. Where choices differ much
 * in how many they hold there are many ways to read a text; one that would take too long to read is taken for no list,
 * so that nothing gets through that the card did not offer.
 */
function isList(text: string, choices: ReadonlySet<string>, mostSteps: number): boolean {
  const ends = [...Array.from(text.matchAll(/,/g), ({ index }) => index), text.length];
  const lengths = new Set(Array.from(choices, partsOf));
  // Numbers of parts after which a choice may begin. A set hands out what is added to it while it is gone through.
  const beginnings = new Set([0]);
  let steps = 0;
  for (const parts of beginnings) {
    const start = parts === 0 ? 0 : (ends[parts - 1] ?? text.length) + 1;
    for (const length of lengths) {
      const end = ends[parts + length - 1] ?? null;
      steps += stepsToLook + (end === null ? 0 : end - start);
      if (steps > mostSteps) return false;
      if (end === null || !choices.has(text.slice(start, end))) continue;
      if (end === text.length) return true;
      beginnings.add(parts + length);
    }
  }
  return false;
}

/** How many parts the commas in a choice make of it. */
function partsOf(choice: string): number {
  return choice.split(',').length;
}
