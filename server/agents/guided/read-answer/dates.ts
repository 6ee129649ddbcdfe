import * as chrono from 'chrono-node';
import type { Span } from './field-reading.ts';
import { isUnderstood, month, timeUnits } from './date-words.ts';
import { whyOtherWeekday } from './found-date.ts';
import type { DateOptions, FoundDate } from './found-date.ts';
import { dayOfMonth, joinWeekdays, weekdayAndNumber } from './numbered-days.ts';
import { correctRelativeDays } from './relative-day-typos.ts';

const dayMs = 86_400_000;
// An answer to a question for a date is short, and chrono takes longer the longer the text is.
const longestText = 1_000;

const duration = new RegExp(
  String.raw`\b(?:for |lasting |during )?(?:(?:about|around) )?(?:\d{1,4}|(?:an? )?(?:few|couple(?: of)?)|several|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)[ -]?(?:(?:working|business|full|calendar) )?(?:${timeUnits})\b(?! (?:ago|from|later|after|before|earlier|hence|back))`,
  'gi',
);
const vague = /^(?:(?:the )?(?:next|this|last|coming) (?:week|month|year|fortnight|quarter)|later|soon)$/i;
// "before" and "back" are not among them: "before my holiday" and "I am back on Monday" are about the future.
const wordsOfThePast = new RegExp(
  String.raw`\b(?:ago|yesterday|earlier)\b|\b(?:last|past) (?:week|month|year|night|weekend|\d|few|couple|mon|tue|wed|thu|fri|sat|sun|${month}\b)`,
  'i',
);

/** Finds the dates that a text names, in digits or in words ("next Friday", "the 3rd of December"), in order. */
export function findDates(text: string, options: DateOptions): FoundDate[] {
  const original = text.slice(0, longestText);
  const corrected = correctRelativeDays(original);
  const readable = readableText(corrected);
  const looksBack = options.looksBack || wordsOfThePast.test(readable);
  const results = chrono.parse(
    readable,
    { instant: new Date(options.now), timezone: 0 },
    { forwardDate: !looksBack },
  );
  const found = results.flatMap((result): FoundDate[] => {
    const span = { start: result.index, end: endOf(result, readable) };
    if (vague.test(result.text.trim()) || !namesADay(result.start)) return [];
    if (!isUnderstood(result, { text: corrected, end: span.end, looksBack })) return [];
    const start = toFound(result, span, { ...options, looksBack });
    const end = result.end ?? null;
    const isPeriodOfDays =
      end !== null && (end.isCertain('day') || end.isCertain('weekday')) && !end.isCertain('hour');
    return end === null || !isPeriodOfDays
      ? [end === null ? start : { ...start, doubtfulTime: 'That is a period, and I need one time here.' }]
      : [start, { ...toFound({ start: end, text: result.text }, span, options), isRangeEnd: true }];
  });
  const joined = joinWeekdays(found, original);
  return found.length > 0 ? weekdayAndNumber(joined, original, options) : dayOfMonth(text, options);
}

/** Masks or rewords the phrases that chrono misreads; every other character keeps its place. */
function readableText(text: string): string {
  return text
    .replace(/\bfrom(?= \d)/gi, (match) => masked(match))
    .replace(/\b(?:around|about|roughly|approximately|circa)(?= \d)/gi, (match) => 'at'.padEnd(match.length))
    .replace(/\b(?:the )?day after tomorrow\b/gi, (match) => masked(match, 'in 2 days'))
    .replace(/\b(?:the )?day before yesterday\b/gi, (match) => masked(match, '2 days ago'))
    .replace(duration, (match, offset: number, whole: string) =>
      /\bin (?:about |around )?$/i.test(whole.slice(Math.max(0, offset - 20), offset))
        ? match
        : masked(match),
    );
}

/** The end of a result, including the padding of a reworded phrase. */
function endOf({ index, text }: chrono.ParsedResult, readable: string): number {
  let end = index + text.trimEnd().length;
  while (readable.charAt(end) === '|') end += 1;
  return end;
}

// The padding is not spaces: before several of them chrono reads "14 December" as all of December.
function masked(match: string, replacement = ''): string {
  return replacement.padEnd(match.length, '|').slice(0, match.length);
}

function namesADay(components: chrono.ParsedComponents): boolean {
  const certain = ['day', 'weekday', 'hour'] as const;
  return certain.some((component) => components.isCertain(component));
}

function toFound(
  { start: components, text }: Pick<chrono.ParsedResult, 'start' | 'text'>,
  span: Span,
  { now, looksBack }: DateOptions,
): FoundDate {
  let time = components.date().getTime();
  if (looksBack && time > now) time -= stepBack(components, time);
  const isoDate = isoDateOf(components);
  const shifted = new Date(Date.parse(`${isoDate}T00:00:00Z`) + time - components.date().getTime());
  const hasTime = components.isCertain('hour');
  const finalDate = isValid(shifted) ? shifted.toISOString().slice(0, 10) : isoDate;
  return {
    ...span,
    isoDate: finalDate,
    isoDateTime: hasTime ? `${new Date(time).toISOString().slice(0, 19)}Z` : null,
    orElse: otherReading(components, isoDate) ?? weekAfterToday(components, finalDate, { now, looksBack }),
    doubt: whyWeekday(components, finalDate),
    doubtfulTime: hasTime ? whyHour(components, text) : null,
    hasYear: components.isCertain('year'),
    hasDay: components.isCertain('day') || components.isCertain('weekday'),
    isRangeEnd: false,
  };
}

/** Returns the day a week from today for "Sunday" on a Sunday, which may mean either. */
function weekAfterToday(
  components: chrono.ParsedComponents,
  isoDate: string,
  { now, looksBack }: DateOptions,
): string | null {
  const isBareWeekday = components.isCertain('weekday') && !components.isCertain('day');
  const isToday = isoDate === new Date(now).toISOString().slice(0, 10);
  return isBareWeekday && isToday && !looksBack ? new Date(now + 7 * dayMs).toISOString().slice(0, 10) : null;
}

/** Explains why "Monday 15 December 2026" is doubtful: the 15th is a Tuesday. */
function whyWeekday(components: chrono.ParsedComponents, isoDate: string): string | null {
  if (!components.isCertain('weekday') || !components.isCertain('day')) return null;
  if (components.tags().has('result/relativeDate')) return null;
  return whyOtherWeekday(components.get('weekday'), isoDate);
}

/** Abbreviations that several time zones share: IST is India's, Israel's and Ireland's. */
const sharedZone = /\b(?:IST|CST|AST|AMT|BST|ECT|GST|SST|WST|PST(?= ?\(?PH))\b/i;

/** Explains why "at 3" is doubtful: it may be at night or in the afternoon. */
function whyHour(components: chrono.ParsedComponents, text: string): string | null {
  const zone = sharedZone.exec(text)?.[0];
  if (zone !== undefined)
    return `Several time zones are called ${zone.toUpperCase()}. Please write the time in UTC, like 14:30.`;
  if (/\bmidnight\b/i.test(text) && !/^(?:at )?midnight$/i.test(text.trim()))
    return 'At the beginning of that day, or at its end? Please write the time like 00:00.';
  const hour = components.get('hour') ?? 0;
  const isTold = components.isCertain('meridiem') || hour > 12 || hour === 0;
  const isClear =
    isTold || /\d:\d\d|noon|midday|midnight|morning|afternoon|evening|night|\dh\b|T\d\d/i.test(text);
  return isClear ? null : `At ${hour} in the morning or in the afternoon? Please write the time like 14:30.`;
}

function isValid(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}

function isoDateOf(components: chrono.ParsedComponents): string {
  const part = (name: 'year' | 'month' | 'day', digits: number): string =>
    String(components.get(name) ?? 0).padStart(digits, '0');
  return `${part('year', 4)}-${part('month', 2)}-${part('day', 2)}`;
}

/** Returns how long before a moment the last one like it was: a week for a weekday, 0 for a day that is certain. */
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
