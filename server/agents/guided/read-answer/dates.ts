import * as chrono from 'chrono-node';
import { formatDate } from '../format-value.ts';
import type { Span } from './reading.ts';
import { correctRelativeDays } from './relative-day-typos.ts';

export interface FoundDate extends Span {
  /** "2026-12-24". */
  readonly isoDate: string;
  /** "2026-12-24T14:30:00Z", when a time of day was said; to the second, in UTC unless a time zone was said. */
  readonly isoDateTime: string | null;
  /** The other reading of a numeric date whose day and month may be either way round. */
  readonly orElse: string | null;
}

export interface DateOptions {
  /** Milliseconds since the epoch: what "tomorrow" counts from. Its day is UTC's. */
  readonly now: number;
  /** "Friday" is the last one rather than the next: for what has happened already. */
  readonly looksBack: boolean;
}

const dayMs = 86_400_000;
// A date is asked for, not an essay; chrono's time grows with the text.
const longestText = 1_000;

const timeUnits = 'minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|fortnights?';
const duration = new RegExp(
  String.raw`\b(?:for |lasting |during )?(?:(?:about|around) )?(?:\d{1,4}|(?:an? )?(?:few|couple(?: of)?)|several|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)[ -]?(?:(?:working|business|full|calendar) )?(?:${timeUnits})\b(?! (?:ago|from|later|after|before|earlier|hence|back))`,
  'gi',
);
const vague = /^(?:(?:the )?(?:next|this|last|coming) (?:week|month|year|fortnight|quarter)|later|soon)$/i;
const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
// "Before my holiday" and "I am back on Monday" tell of what is to come.
const wordsOfThePast = new RegExp(
  String.raw`\b(?:ago|yesterday|earlier)\b|\b(?:last|past) (?:week|month|year|night|weekend|\d|few|couple|mon|tue|wed|thu|fri|sat|sun|${month}\b)`,
  'i',
);

/** The dates that a text names, in digits or in words ("next Friday", "the 3rd of December"), in order. */
export function findDates(text: string, options: DateOptions): FoundDate[] {
  const readable = readableText(correctRelativeDays(text.slice(0, longestText)));
  const looksBack = options.looksBack || wordsOfThePast.test(readable);
  const results = chrono.parse(
    readable,
    { instant: new Date(options.now), timezone: 0 },
    { forwardDate: !looksBack },
  );
  const found = results.flatMap((result): FoundDate[] => {
    if (vague.test(result.text.trim()) || !namesADay(result.start)) return [];
    const span = { start: result.index, end: result.index + result.text.length };
    const start = toFound(result.start, span, { ...options, looksBack });
    const end = result.end ?? null;
    return end === null || !namesADay(end) ? [start] : [start, toFound(end, span, options)];
  });
  return found.length > 0 ? found : dayOfMonth(text, options);
}

/** The text with what chrono misreads masked or put otherwise, every character in its place. */
function readableText(text: string): string {
  return text
    .replace(/\bfrom(?= \d)/gi, (match) => masked(match))
    .replace(/\b(?:around|about|roughly|approximately|circa)(?= \d)/gi, (match) => 'at'.padEnd(match.length))
    .replace(/\b(?:the )?day after tomorrow\b/gi, (match) => masked(match, 'in 2 days'))
    .replace(duration, (match, offset: number, whole: string) =>
      /\b(?:in|within|after) (?:about |around )?$/i.test(whole.slice(Math.max(0, offset - 20), offset))
        ? match
        : masked(match),
    );
}

// Not with spaces: before a run of them chrono reads "14 December" as all of December.
function masked(match: string, replacement = ''): string {
  return replacement.padEnd(match.length, '|').slice(0, match.length);
}

function namesADay(components: chrono.ParsedComponents): boolean {
  const certain = ['day', 'weekday', 'hour'] as const;
  return certain.some((component) => components.isCertain(component));
}

function toFound(
  components: chrono.ParsedComponents,
  span: Span,
  { now, looksBack }: DateOptions,
): FoundDate {
  let time = components.date().getTime();
  if (looksBack && time > now) time -= stepBack(components, time);
  const isoDate = isoDateOf(components);
  const shifted = new Date(Date.parse(`${isoDate}T00:00:00Z`) + time - components.date().getTime());
  const hasTime = components.isCertain('hour');
  return {
    ...span,
    isoDate: isValid(shifted) ? shifted.toISOString().slice(0, 10) : isoDate,
    isoDateTime: hasTime ? `${new Date(time).toISOString().slice(0, 19)}Z` : null,
    orElse: otherReading(components, isoDate),
  };
}

function isValid(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}

function isoDateOf(components: chrono.ParsedComponents): string {
  const part = (name: 'year' | 'month' | 'day', digits: number): string =>
    String(components.get(name) ?? 0).padStart(digits, '0');
  return `${part('year', 4)}-${part('month', 2)}-${part('day', 2)}`;
}

/** How far back the last such moment lies: nothing for one whose day is known for certain. */
function stepBack(components: chrono.ParsedComponents, time: number): number {
  if (components.isCertain('year')) return 0;
  if (components.isCertain('month')) {
    const yearBefore = new Date(time);
    yearBefore.setUTCFullYear(yearBefore.getUTCFullYear() - 1);
    return time - yearBefore.getTime();
  }
  if (components.isCertain('weekday')) return 7 * dayMs;
  return components.isCertain('day') ? 0 : dayMs;
}

function otherReading(components: chrono.ParsedComponents, isoDate: string): string | null {
  if (!components.tags().has('parser/SlashDateFormatParser')) return null;
  const [year = '', month = '', day = ''] = isoDate.split('-');
  return Number(day) > 12 || day === month ? null : `${year}-${day}-${month}`;
}

const bareDay = new RegExp(
  String.raw`^\W*(?:on |from )?(?:the )?(\d{1,2})(?:st|nd|rd|th)\b(?! (?:of )?${month}\b)`,
  'i',
);

/** "the 14th": the next one, or the last. */
function dayOfMonth(text: string, { now, looksBack }: DateOptions): FoundDate[] {
  const match = bareDay.exec(text);
  const day = Number(match?.[1] ?? 0);
  if (match === null || day < 1 || day > 31) return [];
  const today = new Date(now);
  const direction = looksBack ? -1 : 1;
  for (let months = 0; months < 12; months += 1) {
    const date = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + direction * months, day));
    const isThere = date.getUTCDate() === day;
    const isAhead = looksBack ? date.getTime() <= now : date.getTime() > now - dayMs;
    if (!isThere || !isAhead) continue;
    const isoDate = date.toISOString().slice(0, 10);
    return [{ start: 0, end: match[0].length, isoDate, isoDateTime: null, orElse: null }];
  }
  return [];
}

const almostADate = /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/;

const dayAndMonth = new RegExp(
  String.raw`\b\d{1,2}(?:st|nd|rd|th)?(?: of)? ${month}\b|\b${month} (?:the )?\d{1,2}(?:st|nd|rd|th)?\b`,
  'i',
);
const vagueWords = new RegExp(String.raw`\b(?:weeks?|months?|years?|soon|later|${month})\b`, 'i');

/** Why there is no date in a text that should hold one, as a sentence. */
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

/** "03/04/2027 could be …": a sentence for a date that can be read in two ways. */
export function whyTwoDates(date: FoundDate): string {
  return date.orElse === null
    ? ''
    : `That could be ${formatDate(date.isoDate)} or ${formatDate(date.orElse)}: which one?`;
}
