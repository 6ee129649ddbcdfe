import * as chrono from 'chrono-node';
import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../field/explain-refusal.ts';
import type { FieldFacts } from '../field/field-facts.ts';
import { plainWords, quote } from '../field/plain-words.ts';
import { findDates } from './dates.ts';
import { asksForMoney, timeUnitsOf } from './asked-for.ts';
import { findNumbers } from './numbers.ts';
import type { FoundNumber } from './numbers.ts';
import { found, nearMiss, noValue, unfitting, wholeOf } from './field-reading.ts';
import type { FieldReading, Refused } from './field-reading.ts';

const nothing =
  /^(?:none|nobody|no one|nothing|zero|nil|not any|no (?:users?|people|guests?)|free|none at all|not a single one)$/;
const unnumbered =
  /\b(?:(?:an? )?(?:few|several|some|couple of|half an?)|an?) (?:full |whole |working |business )?(\p{L}{3,9})\b/iu;
/** Matches before the number of "day 5", which is one day, the fifth. */
const inOrder = /\b(?:second|minute|hour|day|week|month|year|quarter)\s*$/i;
/** Matches the words between a length of time and the same length in the unit that counts: "two weeks, so ten days". */
const restating = /^[\s,(=]*(?:so|that is|that's|i\.e\.|ie|meaning|=)?[\s,]*$/i;

// An answer to a question for a number is short.
const longestText = 1_000;

export function numbersFor({ kind, ...facts }: FieldFacts, text: string): FoundNumber[] {
  return findNumbers(text.slice(0, longestText), {
    wantsWhole: kind === 'integer',
    isMoney: asksForMoney(facts),
  });
}

/**
 * Finds one number as a field's answer. It asks back rather than choose between two numbers, convert weeks to days, or
 * take the day of a date for a count.
 */
export function readNumberAnswer(
  field: Field,
  facts: FieldFacts,
  { text, now }: { readonly text: string; readonly now: number },
): FieldReading {
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
        ? noValue(`${quote(text)} reads like a date or a time, and I need a number here.`)
        : noValue(`I couldn't find a number in ${quote(text)}.`))
    );
  }
  const whyForeign = whyForeignUnit(first.unit, facts);
  if (whyForeign !== null) return whyForeign;
  const restated = all.filter((number) => isRestatedBy(number, first, text));
  const others = counting.filter((number) => !restated.includes(number));
  if (ofOwnUnit.length !== 1 && others.some(({ value }) => value !== first.value)) {
    return nearMiss('I found more than one number in that: which one is it?');
  }
  // In accounting, brackets around an amount make it negative.
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

/** True if the word after a number is one of the label's: "days" for "Working days". */
export function isUnitOf(unit: string, label: string): boolean {
  const stem = unit.replace(/s$/, '');
  return (
    stem.length >= 3 &&
    plainWords(label)
      .split(' ')
      .some((word) => word.replace(/s$/, '') === stem)
  );
}

/** Asks for the number in the field's own unit, if the answer came in another: "two weeks" for a number of days. */
export function whyForeignUnit(unit: string | null, { label, description }: FieldFacts): Refused | null {
  if (unit === null || timeUnitsOf(unit).length === 0) return null;
  const said = `${label} ${description ?? ''}`;
  const known = timeUnitsOf(said);
  if (known.length === 0 || known.includes(unit.replace(/s$/, ''))) return null;
  // "Spend per year" does not count years.
  const [counted] = timeUnitsOf(said.replace(/\b(?:per|an?|each|every) \p{L}+/giu, ''));
  return counted === undefined
    ? noValue('That is a length of time, and I need an amount here.')
    : nearMiss(`I need that in ${counted}s, and can't convert it for you: how many ${counted}s is that?`);
}

const month =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const isMonth = new RegExp(`^(?:${month})$`, 'i');
const monthBefore = new RegExp(String.raw`\b(?:${month})\.?,? (?:the )?$`, 'i');
const weekdayBefore = /\b(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?,? (?:the )?$/i;
const momentBefore = /\b(?:since|until|till|from|at) (?:the )?$/i;
const modal = /^may (?:be|need|have|take|not|well|also|get|come|go|leave|want|require)\b/i;
const joinsDays = /^(?:st|nd|rd|th)?\s*(?:,|[-–]|\/|&|and|or|to|till|until|through)?\s*$/i;
const latestDay = 31;
/** Words after a number that are no unit. */
const wordsAfterDates = /^(?:today|tomorrow|yesterday|in|on|to|till?|until|and|or|then|please|utc|gmt|h)$/;

/** Matches a date or a time among the results of chrono, which also takes plain numbers for hours. */
const telling = new RegExp(
  String.raw`\b(?:${month})\b|\d[./-]\d{1,2}[./-]\d|^\d{1,2}\/\d{1,2}$|\d:\d\d|\d ?[ap]\.?m\b|o'clock|\b(?:noon|midnight|morning|afternoon|evening|night)\b|\b(?:ago|later|hence)$|^(?:in|within) `,
  'i',
);
const longestDateText = 1_000;

/**
 * Returns the numbers in a text that belong to dates or times: 18 in "till 18 December", 9 in "since 9".
 * @param now milliseconds since the epoch
 */
function numbersOfDates(
  text: string,
  numbers: readonly FoundNumber[],
  now: number,
): ReadonlySet<FoundNumber> {
  const found = new Set<FoundNumber>();
  if (numbers.length === 0) return found;
  const dates = chrono
    .parse(text.slice(0, longestDateText), { instant: new Date(now), timezone: 0 })
    .filter((date) => telling.test(date.text) && !isModal(text, date.index + date.text.length));
  // The numbers are read from the end: in "3 and 7 December" only the last one is a day by itself.
  numbers.toReversed().forEach((number, index, reversed) => {
    const next = reversed[index - 1];
    const isListed =
      next !== undefined &&
      found.has(next) &&
      isDay(number.value) &&
      joinsDays.test(text.slice(number.end, next.start));
    const isInside = dates.some(
      (date) => date.index <= number.start && number.end <= date.index + date.text.length,
    );
    if (isListed || isInside || standsAsDate(text, number, next)) found.add(number);
  });
  return found;
}

/** True if the words around a number make it part of a date, even of a date that does not exist. */
function standsAsDate(text: string, { value, start, end, unit }: FoundNumber, next?: FoundNumber): boolean {
  if (unit !== null && isMonth.test(unit)) return !modal.test(text.slice(end).trimStart());
  const before = text.slice(Math.max(0, start - 20), start);
  if (monthBefore.test(before)) return isDay(value) || isYear(value);
  if (!isDay(value) || (unit !== null && !wordsAfterDates.test(unit))) return false;
  const beginsRange = next !== undefined && joinsDays.test(text.slice(end, next.start));
  return weekdayBefore.test(before) || (momentBefore.test(before) && !beginsRange);
}

function isDay(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= latestDay;
}

function isYear(value: number): boolean {
  return Number.isInteger(value) && value >= 1900 && value < 2200;
}

/** True if "may" is a verb, as in "5 may be enough". */
function isModal(text: string, end: number): boolean {
  return modal.test(text.slice(Math.max(0, end - 3)));
}
