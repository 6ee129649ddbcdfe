import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import type { FieldFacts } from './field/field-facts.ts';
import { findChoice } from './read-answer/choice.ts';
import { readFoundDate } from './read-answer/date-answer.ts';
import { findDates } from './read-answer/dates.ts';
import type { FoundDate } from './read-answer/found-date.ts';
import { looksBack, otherEndSaid } from './read-answer/asked-for.ts';
import { isUnitOf, numbersFor } from './read-answer/number-answer.ts';
import type { Span } from './read-answer/field-reading.ts';
import { findEmails, findPhones, findWebAddresses } from './read-answer/tokens.ts';

export interface FoundValue {
  readonly value: Json;
  readonly spans: readonly Span[];
}

/** Finds the only value of a field's kind in a text; null if there is none, or more than one. */
export function findOnly(field: Field, facts: FieldFacts, text: string, now: number): FoundValue | null {
  switch (facts.kind) {
    case 'email':
      return only(findEmails(field, text));
    case 'web-address':
      return only(findWebAddresses(field, text));
    case 'phone':
      // A run of digits alone may be anything, and a date may look like a phone number.
      return findDates(text, { now, looksBack: false }).length > 0
        ? null
        : only(findPhones(field, text).filter(({ value }) => /^(?:\+|\(?0)/.test(value)));
    case 'date':
    case 'date-time':
      return onlyDate(field, facts, text, now);
    case 'integer':
    case 'number':
      return only(
        numbersFor(facts, text).filter(
          ({ unit, value, isAmbiguous }) =>
            unit !== null && isUnitOf(unit, facts.label) && !isAmbiguous && field.check(value).ok,
        ),
      );
    case 'choice': {
      const found = findChoice(facts.choices, text);
      return found.kind === 'one' && isTellingChoice(found.choice)
        ? { value: found.choice, spans: found.spans }
        : null;
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

function onlyDate(field: Field, facts: FieldFacts, text: string, now: number): FoundValue | null {
  const [date, ...more] = findDates(text, { now, looksBack: looksBack(facts) }).filter(isClear);
  if (date === undefined || more.length > 0 || otherEndSaid(text, date, facts) !== null) return null;
  const reading = readFoundDate(field, facts, { date });
  return reading.kind === 'value' ? { value: reading.value, spans: reading.spans } : null;
}

function only(found: readonly (Span & { readonly value: Json })[]): FoundValue | null {
  const [first, ...more] = found;
  return first === undefined || more.length > 0 ? null : { value: first.value, spans: [first] };
}

function isClear({ orElse }: FoundDate): boolean {
  return orElse === null;
}

/** True if a choice shows on its own which field it is for. */
export function isTellingChoice(choice: string): boolean {
  return choice.length >= 3 && choice !== 'other';
}
