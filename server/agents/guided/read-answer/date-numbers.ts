import * as chrono from 'chrono-node';
import type { FoundNumber } from './numbers.ts';

const month =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const isMonth = new RegExp(`^(?:${month})$`, 'i');
const monthBefore = new RegExp(String.raw`\b(?:${month})\.?,? (?:the )?$`, 'i');
const weekdayBefore = /\b(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?,? (?:the )?$/i;
const momentBefore = /\b(?:since|until|till|from|at) (?:the )?$/i;
const modal = /^may (?:be|need|have|take|not|well|also|get|come|go|leave|want|require)\b/i;
const joinsDays = /^(?:st|nd|rd|th)?\s*(?:,|[-–]|\/|&|and|or|to|till|until|through)?\s*$/i;
const latestDay = 31;
/** Words that leave the number before them without a unit. */
const behindDates = /^(?:today|tomorrow|yesterday|in|on|to|till?|until|and|or|then|please|utc|gmt|h)$/;

/** What makes of something that chrono found a date or a time, rather than a number that it took for an hour. */
const telling = new RegExp(
  String.raw`\b(?:${month})\b|\d[./-]\d{1,2}[./-]\d|^\d{1,2}\/\d{1,2}$|\d:\d\d|\d ?[ap]\.?m\b|o'clock|\b(?:noon|midnight|morning|afternoon|evening|night)\b|\b(?:ago|later|hence)$|^(?:in|within) `,
  'i',
);
const longestText = 1_000;

/**
 * Which of the numbers in a text belong to dates or times in it: 18 in "till 18 December", 9 in "since 9".
 * @param now milliseconds since the epoch
 */
export function numbersOfDates(
  text: string,
  numbers: readonly FoundNumber[],
  now: number,
): ReadonlySet<FoundNumber> {
  const found = new Set<FoundNumber>();
  if (numbers.length === 0) return found;
  const dates = chrono
    .parse(text.slice(0, longestText), { instant: new Date(now), timezone: 0 })
    .filter((date) => telling.test(date.text) && !isModal(text, date.index + date.text.length));
  // From the end: "3 and 7 December" tells of its last day only that it is one.
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

/** Whether the words around a number make it a date's, for dates that are in no calendar too. */
function standsAsDate(text: string, { value, start, end, unit }: FoundNumber, next?: FoundNumber): boolean {
  if (unit !== null && isMonth.test(unit)) return !modal.test(text.slice(end).trimStart());
  const before = text.slice(Math.max(0, start - 20), start);
  if (monthBefore.test(before)) return isDay(value) || isYear(value);
  if (!isDay(value) || (unit !== null && !behindDates.test(unit))) return false;
  const beginsRange = next !== undefined && joinsDays.test(text.slice(end, next.start));
  return weekdayBefore.test(before) || (momentBefore.test(before) && !beginsRange);
}

function isDay(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= latestDay;
}

function isYear(value: number): boolean {
  return Number.isInteger(value) && value >= 1900 && value < 2200;
}

/** "5 may be enough" names no month. */
function isModal(text: string, end: number): boolean {
  return modal.test(text.slice(Math.max(0, end - 3)));
}
