import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../explain-refusal.ts';
import type { FieldFacts } from '../field-facts.ts';
import { listInWords, quote } from '../plain-words.ts';
import { formatDate } from '../format-value.ts';
import { findDates, whyNoDate, whyTwoDates } from './dates.ts';
import type { FoundDate } from './dates.ts';
import { otherEndSaid } from './direction.ts';
import { nearMiss, notFound } from './reading.ts';
import type { Reading } from './reading.ts';

const pastTense =
  /\b(?:started|began|happened|occurred|noticed|detected|seen|founded|born|birth|incorporated|registered|issued|paid|bought|was|were|did|since)\b/i;

/** Whether a field asks for something that lies behind. */
export function looksBack({ label, description }: FieldFacts): boolean {
  return pastTense.test(`${label} ${description ?? ''}`);
}

export function readDateAnswer(
  field: Field,
  facts: FieldFacts,
  { text, now }: { readonly text: string; readonly now: number },
): Reading {
  const all = findDates(text, { now, looksBack: looksBack(facts) });
  const found = all.filter((date) => otherEndSaid(text, date, facts) === null);
  const [first] = found;
  if (first === undefined) return notFound(whyOtherEnd(text, all, facts) ?? whyNoDate(text));
  if (first.orElse !== null) return nearMiss(whyTwoDates(first), [first.isoDate, first.orElse]);
  const others = found.filter(({ isoDate }) => isoDate !== first.isoDate);
  if (others.length > 0 && !isRange(first, others)) {
    const dates = found.map(({ isoDate }) => formatDate(isoDate));
    return nearMiss(`I found ${listInWords(dates)}: which one is it?`);
  }
  return readFoundDate(field, facts, first);
}

function whyOtherEnd(text: string, found: readonly FoundDate[], facts: FieldFacts): string | null {
  const [first] = found;
  if (first === undefined) return null;
  const [given, needed] =
    otherEndSaid(text, first, facts) === 'end' ? ['end', 'beginning'] : ['beginning', 'end'];
  return `${quote(text)} reads like the ${given}, and I need the ${needed} here.`;
}

/** A date that was found, as the field's value. */
export function readFoundDate(field: Field, { kind }: FieldFacts, found: FoundDate): Reading {
  if (kind === 'date-time' && found.isoDateTime === null) {
    return nearMiss(`At what time on ${formatDate(found.isoDate)}? Please say both, the day and the time.`);
  }
  const value = kind === 'date-time' ? (found.isoDateTime ?? '') : found.isoDate;
  const check = field.check(value);
  return check.ok
    ? { kind: 'value', value: check.value, span: found }
    : nearMiss(explainRefusal(field, value));
}

/** "from 3 to 7 December": chrono finds both ends in one place; of "3 Dec … 7 Dec" the earlier one begins it. */
function isRange(first: FoundDate, others: readonly FoundDate[]): boolean {
  return (
    others.length === 1 &&
    others.every(({ isoDate, start }) => start === first.start && isoDate > first.isoDate)
  );
}
