import { formatDate } from '../field/format-value.ts';
import { month } from './date-words.ts';
import type { Span } from './field-reading.ts';

/** A date found in a text. */
export interface FoundDate extends Span {
  /** "2026-12-24". */
  readonly isoDate: string;
  /**
   * "2026-12-24T14:30:00Z", if the text states a time of day; to the second, in UTC unless the text states a time zone.
   */
  readonly isoDateTime: string | null;
  /** The other reading of a numeric date whose day and month can be swapped. */
  readonly orElse: string | null;
  /** The reason why the day can't be taken, as a sentence: its parts contradict each other. */
  readonly doubt: string | null;
  /** The reason why the time of day can't be taken: "at 3" is at night or in the afternoon. */
  readonly doubtfulTime: string | null;
  readonly hasYear: boolean;
  /** True if the text states a day, not only a time of day. */
  readonly hasDay: boolean;
  /** True for the end of "3 to 7 December", which is found together with its beginning. */
  readonly isRangeEnd: boolean;
}

export interface DateOptions {
  /** The time that "tomorrow" counts from, in milliseconds since the epoch. Its day is UTC's. */
  readonly now: number;
  /** True to read "Friday" as the last one rather than the next, for events in the past. */
  readonly looksBack: boolean;
}

/** Explains that the weekday of a date is another one than the text says; null if it is the same. */
export function whyOtherWeekday(said: number | null, isoDate: string): string | null {
  const isThatDay = new Date(`${isoDate}T00:00:00Z`).getUTCDay() === said;
  return isThatDay
    ? null
    : `The weekday doesn't go with the date: that would be ${formatDate(isoDate)}. Which day is it?`;
}

const almostADate = /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/;

const dayAndMonth = new RegExp(
  String.raw`\b\d{1,2}(?:st|nd|rd|th)?(?: of)? ${month}\b|\b${month} (?:the )?\d{1,2}(?:st|nd|rd|th)?\b`,
  'i',
);
const vagueWords = new RegExp(String.raw`\b(?:weeks?|months?|years?|soon|later|${month})\b`, 'i');

/** Explains why a text that should hold a date holds none, as a sentence. */
export function whyNoDate(text: string): string {
  const numeric = almostADate.exec(text);
  if (numeric !== null) return `There is no ${numeric[0]} in the calendar.`;
  if (dayAndMonth.test(text)) {
    return "I can't find that day in the calendar.";
  }
  if (vagueWords.test(text)) {
    return 'I need the exact day.';
  }
  return "I couldn't find a date in that.";
}

/** Explains that a date can be read in two ways, as a sentence. */
export function whyTwoDates(date: FoundDate): string {
  return date.orElse === null
    ? ''
    : `That could be ${formatDate(date.isoDate)} or ${formatDate(date.orElse)}: which one?`;
}
