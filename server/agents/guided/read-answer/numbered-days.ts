import { month, weekday } from './date-words.ts';
import { whyOtherWeekday } from './found-date.ts';
import type { DateOptions, FoundDate } from './found-date.ts';

const dayMs = 86_400_000;
const weekdayBefore = new RegExp(String.raw`\b(?<day>${weekday})\b[\s,]*(?:on )?(?:the )?$`, 'i');
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Joins a weekday and the day directly after it into one date: "Friday, the 4th of December". */
export function joinWeekdays(found: readonly FoundDate[], text: string): FoundDate[] {
  const joined: FoundDate[] = [];
  for (const date of found) {
    const last = joined.at(-1);
    const match = last === undefined ? null : weekdayBefore.exec(text.slice(0, date.start));
    if (last !== undefined && match !== null && match.index >= last.start && last.isoDateTime === null) {
      const day = weekdayNames.indexOf((match.groups?.['day'] ?? '').slice(0, 3).toLowerCase());
      const doubt = date.doubt ?? whyOtherWeekday(day, date.isoDate);
      joined.splice(-1, 1, { ...date, start: last.start, doubt });
    } else joined.push(date);
  }
  return joined;
}

const numberAfter = new RegExp(
  String.raw`^[\s,]*(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)\b(?! (?:of )?${month}\b)`,
  'i',
);

/** Reads "Thursday the 10th" as the next 10th, which has to be a Thursday. */
export function weekdayAndNumber(
  found: readonly FoundDate[],
  text: string,
  options: DateOptions,
): FoundDate[] {
  return found.map((date) => {
    const said = text.slice(date.start, date.end);
    const match = numberAfter.exec(text.slice(date.end));
    const day = weekdayNames.indexOf(said.replace(/^on /i, '').slice(0, 3).toLowerCase());
    if (match === null || day < 0 || date.isoDateTime !== null) return date;
    const isoDate = nearestDay(Number(match[1]), options);
    if (isoDate === null) return date;
    return {
      ...date,
      end: date.end + match[0].length,
      isoDate,
      orElse: null,
      doubt: whyOtherWeekday(day, isoDate),
    };
  });
}

const bareDay = new RegExp(
  String.raw`^\W*(?:on |from )?(?:the )?(\d{1,2})(?:st|nd|rd|th)\b(?! (?:of )?${month}\b)`,
  'i',
);

/** Reads "the 14th": the next one, or the last. */
export function dayOfMonth(text: string, options: DateOptions): FoundDate[] {
  const match = bareDay.exec(text);
  const isoDate = match === null ? null : nearestDay(Number(match[1]), options);
  if (match === null || isoDate === null) return [];
  return [
    {
      start: 0,
      end: match[0].length,
      isoDate,
      isoDateTime: null,
      orElse: null,
      doubt: null,
      doubtfulTime: null,
      hasYear: false,
      hasDay: true,
      isRangeEnd: false,
    },
  ];
}

/** The next day with this number in a month, or the last one. */
function nearestDay(day: number, { now, looksBack }: DateOptions): string | null {
  if (day < 1 || day > 31) return null;
  const today = new Date(now);
  const direction = looksBack ? -1 : 1;
  for (let months = 0; months < 12; months += 1) {
    const date = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + direction * months, day));
    const isThere = date.getUTCDate() === day;
    const isAhead = looksBack ? date.getTime() <= now : date.getTime() > now - dayMs;
    if (isThere && isAhead) return date.toISOString().slice(0, 10);
  }
  return null;
}
