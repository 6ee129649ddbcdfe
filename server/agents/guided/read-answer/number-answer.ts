import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../explain-refusal.ts';
import type { FieldFacts } from '../field-facts.ts';
import { plainWords, quote } from '../plain-words.ts';
import { numbersOfDates } from './date-numbers.ts';
import { findDates } from './dates.ts';
import { asksForMoney, timeUnitsOf } from './measures.ts';
import { findNumbers } from './numbers.ts';
import type { FoundNumber } from './numbers.ts';
import { found, nearMiss, notFound, unfitting, wholeOf } from './reading.ts';
import type { Reading, Refused } from './reading.ts';

const nothing =
  /^(?:none|nobody|no one|nothing|zero|nil|not any|no (?:users?|people|guests?)|free|none at all|not a single one)$/;
const unnumbered =
  /\b(?:(?:an? )?(?:few|several|some|couple of|half an?)|an?) (?:full |whole |working |business )?(\p{L}{3,9})\b/iu;
/** "Day 5" is one day, the fifth. */
const inOrder = /\b(?:second|minute|hour|day|week|month|year|quarter)\s*$/i;
/** What may stand between a length of time and the same in the unit that counts: "two weeks, so ten days". */
const restating = /^[\s,(=]*(?:so|that is|that's|i\.e\.|ie|meaning|=)?[\s,]*$/i;

// A number is asked for, not an essay.
const longestText = 1_000;

export function numbersFor({ kind, ...facts }: FieldFacts, text: string): FoundNumber[] {
  return findNumbers(text.slice(0, longestText), {
    wantsWhole: kind === 'integer',
    isMoney: asksForMoney(facts),
  });
}

/**
 * Finds one number as a field's answer; asks back rather than guess between two, convert weeks to days, or take the
 * day of a date for a count.
 */
export function readNumberAnswer(
  field: Field,
  facts: FieldFacts,
  { text, now }: { readonly text: string; readonly now: number },
): Reading {
  if (nothing.test(plainWords(text)) && field.check(0).ok) return found(0, wholeOf(text));
  const all = numbersFor(facts, text);
  const ofOwnUnit = all.filter(({ unit }) => unit !== null && isUnitOf(unit, facts.label));
  const ofDates = numbersOfDates(text, all, now);
  const counting = all.filter((number) => ofOwnUnit.includes(number) || !ofDates.has(number));
  const first = ofOwnUnit.length === 1 ? ofOwnUnit[0] : counting[0];
  if (first === undefined) {
    const inOtherUnit = unnumbered.exec(text)?.[1]?.toLowerCase() ?? null;
    const isOfDate = ofDates.size > 0 || findDates(text, { now, looksBack: false }).length > 0;
    return (
      (ofDates.size > 0 ? null : whyForeignUnit(inOtherUnit, facts)) ??
      (isOfDate
        ? notFound(`${quote(text)} reads like a date or a time, and I need a number here.`)
        : notFound(`I couldn't find a number in ${quote(text)}.`))
    );
  }
  const whyForeign = whyForeignUnit(first.unit, facts);
  if (whyForeign !== null) return whyForeign;
  const restated = all.filter((number) => isRestatedBy(number, first, text));
  const others = counting.filter((number) => !restated.includes(number));
  if (ofOwnUnit.length !== 1 && others.some(({ value }) => value !== first.value)) {
    return nearMiss('I found more than one number in that: which one is it?');
  }
  // Between brackets an amount is owed.
  if (asksForMoney(facts) && /^\s*\([^()]*\)\W*$/.test(text)) {
    return nearMiss(`${quote(text)} can be read in two ways. Please write the number alone.`);
  }
  if (inOrder.test(text.slice(0, first.start))) {
    return nearMiss(
      `${quote(text)} reads like one in a row, and I need how many. Please give the number alone.`,
    );
  }
  if (first.isAmbiguous) {
    const written = quote(text.slice(first.start, first.end));
    return nearMiss(`${written} can be read in two ways. Please write the number without the point.`);
  }
  const check = field.check(first.value);
  const repeated = others.filter(({ value }) => ofOwnUnit.length !== 1 && value === first.value);
  const spans = [first, ...repeated, ...restated.map(({ start }) => ({ start, end: first.start }))];
  return check.ok ? found(check.value, ...spans) : unfitting(explainRefusal(field, first.value), first.value);
}

function isRestatedBy(number: FoundNumber, first: FoundNumber, text: string): boolean {
  if (number.end > first.start || number.unit === null || timeUnitsOf(number.unit).length === 0) return false;
  const unitEnd = text.toLowerCase().indexOf(number.unit, number.end) + number.unit.length;
  const between = text.slice(unitEnd, first.start);
  return /\S/.test(between.replace(/[,(]/g, '')) && restating.test(between);
}

/** Whether the word after a number is one of the label's: "days" for "Working days". */
export function isUnitOf(unit: string, label: string): boolean {
  const stem = unit.replace(/s$/, '');
  return (
    stem.length >= 3 &&
    plainWords(label)
      .split(' ')
      .some((word) => word.replace(/s$/, '') === stem)
  );
}

/** Asks in the unit that the field counts in, when the answer came in another: "two weeks" for a number of days. */
export function whyForeignUnit(unit: string | null, { label, description }: FieldFacts): Refused | null {
  if (unit === null || timeUnitsOf(unit).length === 0) return null;
  const said = `${label} ${description ?? ''}`;
  const known = timeUnitsOf(said);
  if (known.length === 0 || known.includes(unit.replace(/s$/, ''))) return null;
  // "spend per year" counts no years.
  const [counted] = timeUnitsOf(said.replace(/\b(?:per|an?|each|every) \p{L}+/giu, ''));
  return counted === undefined
    ? notFound('That is a length of time, and I need an amount here.')
    : nearMiss(`I need that in ${counted}s, and can't convert it for you: how many ${counted}s is that?`);
}
