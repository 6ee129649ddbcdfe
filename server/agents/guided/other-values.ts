import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf } from './field-facts.ts';
import type { FieldFacts, FieldKind } from './field-facts.ts';
import { applicableFields } from './guided-turn.ts';
import type { GuidedTurn } from './guided-turn.ts';
import { findChoice } from './read-answer/choice.ts';
import { isUnitOf } from './read-answer/number-answer.ts';
import { looksBack, readFoundDate } from './read-answer/date-answer.ts';
import { findDates } from './read-answer/dates.ts';
import { findNumbers } from './read-answer/numbers.ts';
import type { Span } from './read-answer/reading.ts';
import { findEmails, findPhones, findWebAddresses } from './read-answer/tokens.ts';

interface FoundValue extends Span {
  readonly value: Json;
}

/** Numbers and choices say by their unit or their own words which field they are for; of other kinds only one may be open. */
const selfNamingKinds: ReadonlySet<FieldKind> = new Set(['integer', 'number', 'choice']);

/**
 * The values in a message for fields that were not asked but are open: taken only where form or unit leave no doubt
 * which field is meant.
 * @param text what is left of the message once the answer to the asked field is out of it
 */
export function findOtherValues(
  text: string,
  turn: GuidedTurn,
  taken: ReadonlySet<string>,
): Map<string, Json> {
  // The first message may come with anything; later ones are about the step that they answer.
  const inReach = turn.turnNumber === 1 ? applicableFields(turn.position) : turn.position.current.fields;
  const open = inReach.filter((field) => turn.collected[field.name] === undefined && !taken.has(field.name));
  return new Map(
    open.flatMap((field): [string, Json][] => {
      const facts = factsOf(field);
      const rivals = open.filter((other) => factsOf(other).kind === facts.kind);
      if (rivals.length > 1 && !selfNamingKinds.has(facts.kind)) return [];
      const found = findOnly(field, facts, text, turn.now);
      return found === null ? [] : [[field.name, found.value]];
    }),
  );
}

/** The one value of a field's kind in a text; `null` when there is none, or more than one. */
function findOnly(field: Field, facts: FieldFacts, text: string, now: number): FoundValue | null {
  switch (facts.kind) {
    case 'email':
      return only(findEmails(field, text));
    case 'web-address':
      return only(findWebAddresses(field, text));
    case 'phone':
      // A run of digits alone may be anything, and a date may look like a phone number too.
      return findDates(text, { now, looksBack: false }).length > 0
        ? null
        : only(findPhones(field, text).filter(({ value }) => /^(?:\+|\(?0)/.test(value)));
    case 'date':
    case 'date-time': {
      const found = only(findDates(text, { now, looksBack: looksBack(facts) }).filter(isClear));
      const reading = found === null ? null : readFoundDate(field, facts, found);
      return reading?.kind === 'value' ? { value: reading.value, ...reading.span } : null;
    }
    case 'integer':
    case 'number':
      return only(
        findNumbers(text, facts.kind === 'integer').filter(
          ({ unit, value }) => unit !== null && isUnitOf(unit, facts.label) && field.check(value).ok,
        ),
      );
    case 'choice': {
      const found = findChoice(facts.choices, text);
      const isTelling = found.kind === 'one' && found.choice.length >= 3 && found.choice !== 'other';
      return isTelling ? { value: found.choice, start: 0, end: 0 } : null;
    }
    case 'yes-no':
    case 'code':
    case 'list':
    case 'object':
    case 'words':
    case 'prose':
      return null;
  }
}

function only<Found>(found: readonly Found[]): Found | null {
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isClear({ orElse }: { readonly orElse: string | null }): boolean {
  return orElse === null;
}

const longestSplit = 300;
const separators = /\s*(?:[,;|\n()]|\band\b|\bemail(?: is)?\b:?|\bphone(?: is)?\b:?|\btel\b[.:]?)\s*/i;
const standingApart: ReadonlySet<FieldKind> = new Set(['email', 'web-address', 'phone']);

/**
 * Takes values of another form off the end of a free answer: "Maria Lopez, maria@acme.example". Only what stands apart,
 * from end to end of its part, is taken; the rest stays the answer, as it was written.
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
    const owners = open.flatMap((field) => {
      const found = findOnly(field, factsOf(field), part, turn.now);
      const isWhole = found !== null && found.start === 0 && found.end === part.length;
      return isWhole && !values.has(field.name) ? [{ field, value: found.value }] : [];
    });
    const [owner] = owners;
    const partAt = answer.lastIndexOf(part);
    if (owner === undefined || owners.length > 1 || partAt <= 0) break;
    values.set(owner.field.name, owner.value);
    const before = answer.slice(0, partAt);
    answer = before
      .replace(/(?:\s*(?:[,;|\n()]|\band\b|\bemail(?: is)?\b:?|\bphone(?: is)?\b:?|\btel\b[.:]?)\s*)+$/i, '')
      .trim();
  }
  return answer === '' ? { answer: text, values: new Map() } : { answer, values };
}
