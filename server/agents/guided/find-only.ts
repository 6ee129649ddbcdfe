import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import type { FieldFacts } from './field-facts.ts';
import { findChoice } from './read-answer/choice.ts';
import { looksBack, readFoundDate } from './read-answer/date-answer.ts';
import { findDates } from './read-answer/dates.ts';
import { otherEndSaid } from './read-answer/direction.ts';
import { isUnitOf } from './read-answer/number-answer.ts';
import { findNumbers } from './read-answer/numbers.ts';
import type { Span } from './read-answer/reading.ts';
import { findEmails, findPhones, findWebAddresses } from './read-answer/tokens.ts';

interface FoundValue extends Span {
  readonly value: Json;
}

/** The one value of a field's kind in a text; `null` when there is none, or more than one. */
export function findOnly(field: Field, facts: FieldFacts, text: string, now: number): FoundValue | null {
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
      const reading =
        found === null || otherEndSaid(text, found, facts) !== null
          ? null
          : readFoundDate(field, facts, found);
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
      return found.kind === 'one' && isTellingChoice(found.choice)
        ? { value: found.choice, start: 0, end: 0 }
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

function only<Found>(found: readonly Found[]): Found | null {
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isClear({ orElse }: { readonly orElse: string | null }): boolean {
  return orElse === null;
}

/** Whether a choice says by itself what it is a choice of. */
export function isTellingChoice(choice: string): boolean {
  return choice.length >= 3 && choice !== 'other';
}
