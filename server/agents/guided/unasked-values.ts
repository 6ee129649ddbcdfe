import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import { readClauses, wholeChoice } from './clause-values.ts';
import { factsOf } from './field/field-facts.ts';
import type { FieldKind } from './field/field-facts.ts';
import { findOnly } from './single-value.ts';
import type { FoundValue } from './single-value.ts';
import { unaccounted } from './read-answer/whole-answer.ts';
import { applicableFields } from './guided-turn.ts';
import type { GuidedTurn } from './guided-turn.ts';

/**
 * Kinds whose values show their field by a unit or by their own words. Of any other kind, only one field may be open.
 */
const selfNamingKinds: ReadonlySet<FieldKind> = new Set(['integer', 'number', 'choice']);

/**
 * Finds values for open fields that were not asked. It takes a value only if its form or unit leaves no doubt which
 * field is meant.
 * @param text the message without the answer to the asked field
 */
export function findOtherValues(
  text: string,
  turn: GuidedTurn,
  taken: ReadonlySet<string>,
): Map<string, FoundValue> {
  // The first message may hold any field's value; a later one is about its step.
  const inReach = turn.turnNumber === 1 ? applicableFields(turn.position) : turn.position.current.fields;
  const contenders = inReach.filter((field) => turn.collected[field.name] === undefined);
  const open = contenders.filter((field) => !taken.has(field.name));
  const found = new Map(
    open.flatMap((field): [string, FoundValue][] => {
      const facts = factsOf(field);
      const rivals = open.filter((other) => factsOf(other).kind === facts.kind);
      if (rivals.length > 1 && !selfNamingKinds.has(facts.kind)) return [];
      const found = findOnly(field, facts, text, turn.now);
      if (found === null) return [];
      const isContested = contenders.some(
        (other) => other !== field && findOnly(other, factsOf(other), text, turn.now)?.value === found.value,
      );
      return isContested ? [] : [[field.name, found]];
    }),
  );
  return new Map([...readClauses(text, turn, taken), ...found]);
}

const longestSplit = 300;
const separators = /\s*(?:[,;|\n()]|\band\b|\bemail(?: is)?\b:?|\bphone(?: is)?\b:?|\btel\b[.:]?)\s*/i;
const standingApart: ReadonlySet<FieldKind> = new Set(['email', 'web-address', 'phone', 'choice']);

/**
 * Takes values of another form off the end of a free answer: "Maria Lopez, maria@acme.example". It takes only a value
 * that is a whole part of its own; the rest stays the answer, as written.
 */
export function splitFreeAnswer(
  text: string,
  turn: GuidedTurn,
  taken: ReadonlySet<string>,
): { readonly answer: string; readonly values: Map<string, Json> } {
  const values = new Map<string, Json>();
  let answer = text;
  if (text.length > longestSplit) return { answer, values };
  const open = turn.position.current.fields.filter(
    (field) =>
      field !== turn.asked &&
      turn.collected[field.name] === undefined &&
      !taken.has(field.name) &&
      standingApart.has(factsOf(field).kind),
  );
  for (const part of text.split(separators).reverse().slice(0, 10)) {
    if (part === '') continue;
    const partAt = answer.lastIndexOf(part);
    const followsComma = /,\s*$/.test(answer.slice(0, Math.max(0, partAt)));
    const owners = open.flatMap((field) => {
      const value = values.has(field.name) ? null : valueOfPart(field, part, { followsComma, turn });
      return value === null ? [] : [{ field, value }];
    });
    const [owner] = owners;
    if (owner === undefined || owners.length > 1 || partAt <= 0) break;
    values.set(owner.field.name, owner.value);
    const before = answer.slice(0, partAt);
    answer = before
      .replace(/(?:\s*(?:[,;|\n()]|\band\b|\bemail(?: is)?\b:?|\bphone(?: is)?\b:?|\btel\b[.:]?)\s*)+$/i, '')
      .trim();
  }
  return answer === '' ? { answer: text, values: new Map() } : { answer, values };
}

interface PartOptions {
  readonly followsComma: boolean;
  readonly turn: GuidedTurn;
}

/**
 * Reads the value that a part is from end to end. A choice counts only if it is stated as one: "…, a limited company".
 */
function valueOfPart(field: Field, part: string, { followsComma, turn }: PartOptions): Json | null {
  const facts = factsOf(field);
  if (facts.kind === 'choice') {
    const said = followsComma ? (/^an? (\S.*)$/i.exec(part)?.[1] ?? part) : '';
    const choice = wholeChoice(facts, said);
    // "Smith, Partnership" may be a name. A part that is spelled exactly like the choice is the choice.
    return choice === said || said !== part ? choice : null;
  }
  const found = findOnly(field, facts, part, turn.now);
  return found !== null && unaccounted(part, found.spans, facts) === '' ? found.value : null;
}
