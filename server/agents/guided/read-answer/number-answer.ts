import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../explain-refusal.ts';
import type { FieldFacts } from '../field-facts.ts';
import { plainWords, quote } from '../plain-words.ts';
import { numbersOfDates } from './date-numbers.ts';
import { findDates } from './dates.ts';
import { findNumbers } from './numbers.ts';
import { nearMiss, notFound } from './reading.ts';
import type { Reading } from './reading.ts';

const nothing = /^(?:none|nobody|no one|nothing|zero|not any|no users?|free)$/;
const timeUnit = /^(second|minute|hour|day|week|fortnight|month|year|quarter)s?$/;
const andAHalf = /\band a half\b|½/i;
const unnumbered =
  /\b(?:(?:an? )?(?:few|several|some|couple of|half an?)|an?) (?:full |whole |working |business )?(\p{L}{3,9})\b/iu;

/**
 * Reads one number as a field's answer; asks back rather than guess between two, convert weeks to days, or take the
 * day of a date for a count.
 */
export function readNumberAnswer(
  field: Field,
  facts: FieldFacts,
  { text, now }: { readonly text: string; readonly now: number },
): Reading {
  const all = findNumbers(text, facts.kind === 'integer');
  const ofOwnUnit = all.filter(({ unit }) => unit !== null && isUnitOf(unit, facts.label));
  const ofDates = numbersOfDates(text, all, now);
  const found = all.filter((number) => ofOwnUnit.includes(number) || !ofDates.has(number));
  const first = ofOwnUnit.length === 1 ? ofOwnUnit[0] : found[0];
  if (first === undefined) {
    const inOtherUnit = unnumbered.exec(text)?.[1]?.toLowerCase() ?? null;
    const isOfDate = ofDates.size > 0 || findDates(text, { now, looksBack: false }).length > 0;
    return (
      (ofDates.size > 0 ? null : whyForeignUnit(inOtherUnit, facts)) ??
      (isOfDate
        ? notFound(`${quote(text)} reads like a date or a time, and I need a number here.`)
        : readWithoutNumber(field, text))
    );
  }
  const whyForeign = whyForeignUnit(first.unit, facts);
  if (whyForeign !== null) return whyForeign;
  if (andAHalf.test(text)) return nearMiss('Please write that number in digits.');
  if (ofOwnUnit.length !== 1 && found.some(({ value }) => value !== first.value)) {
    return nearMiss('I found more than one number in that: which one is it?');
  }
  const check = field.check(first.value);
  return check.ok
    ? { kind: 'value', value: check.value, span: first }
    : nearMiss(explainRefusal(field, first.value));
}

/** Whether the word behind a number is one of the label's: "days" for "Working days". */
export function isUnitOf(unit: string, label: string): boolean {
  const stem = unit.replace(/s$/, '');
  return (
    stem.length >= 3 &&
    plainWords(label)
      .split(' ')
      .some((word) => word.replace(/s$/, '') === stem)
  );
}

function readWithoutNumber(field: Field, text: string): Reading {
  const zero = field.check(0);
  if (nothing.test(plainWords(text)) && zero.ok) {
    return { kind: 'value', value: zero.value, span: { start: 0, end: text.length } };
  }
  return notFound(`I couldn't find a number in ${quote(text)}.`);
}

/** Asks in the unit that the field counts in, when the answer came in another: "two weeks" for a number of days. */
function whyForeignUnit(unit: string | null, { label, description }: FieldFacts): Reading | null {
  if (unit === null || !timeUnit.test(unit)) return null;
  const said = `${label} ${description ?? ''}`;
  const known = unitsIn(said);
  if (known.length === 0 || known.includes(unit.replace(/s$/, ''))) return null;
  // "spend per year" counts no years.
  const [counted] = unitsIn(said.replace(/\b(?:per|an?|each|every) \p{L}+/giu, ''));
  return counted === undefined
    ? notFound('That is a length of time, and I need an amount here.')
    : nearMiss(`I need that in ${counted}s, and can't convert it for you: how many ${counted}s is that?`);
}

function unitsIn(text: string): string[] {
  return plainWords(text)
    .split(' ')
    .flatMap((word) => timeUnit.exec(word)?.[1] ?? []);
}
