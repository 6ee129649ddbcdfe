import * as chrono from 'chrono-node';
import { formatDate } from '../format-value.ts';
import type { Span } from './field-reading.ts';
import { correctRelativeDays } from './relative-day-typos.ts';

export interface FoundDate extends Span {
  /** "2026-12-24". */
  readonly isoDate: string;
  /** "2026-12-24T14:30:00Z", when a time of day was said; to the second, in UTC unless a time zone was said. */
  readonly isoDateTime: string | null;
  /** The other reading of a numeric date whose day and month may be either way round. */
  readonly orElse: string | null;
  /** Why the day can't be taken as it is, as a sentence: its parts contradict each other. */
  readonly doubt: string | null;
  /** The same for the time of day: "at 3" is in the night, or in the afternoon. */
  readonly doubtfulTime: string | null;
  readonly hasYear: boolean;
  /** Whether a day was said, rather than a time of day alone. */
  readonly hasDay: boolean;
  /** Whether it is the end of "3 to 7 December", found in one place with its beginning. */
  readonly isRangeEnd: boolean;
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
  const days = found.length > 0 ? weekdayAndNumber(joined, original, options) : dayOfMonth(text, options);
  return days;
}

/** The text with what chrono misreads masked or put otherwise, every character in its place. */
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

/** Where a result ends, with what fills up a phrase that was put otherwise. */
function endOf({ index, text }: chrono.ParsedResult, readable: string): number {
  let end = index + text.trimEnd().length;
  while (readable.charAt(end) === '|') end += 1;
  return end;
}

interface ReadDate {
  readonly text: string;
  readonly end: number;
  readonly looksBack: boolean;
}

// Not with spaces: before a run of them chrono reads "14 December" as all of December.
function masked(match: string, replacement = ''): string {
  return replacement.padEnd(match.length, '|').slice(0, match.length);
}

const weekday = '(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?';
const dateWord = new RegExp(
  String.raw`^(?:${month}|${weekday}|\d{1,4}(?:st|nd|rd|th)?|\d{1,2}:\d\d(?::\d\d)?|\d{1,2}(?:am|pm|h)|1d|${timeUnits}|` +
    'at|on|of|the|in|this|next|last|coming|today|tomorrow|tmr|yesterday|tonight|now|ago|from|later|hence|earlier|an?|' +
    String.raw`[ap]\.?m|o'clock|noon|midday|midnight|morning|afternoon|evening|night|half|and|` +
    'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|' +
    'first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|' +
    'sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)$',
  'i',
);
const timeZone = /^(?:[A-Z]{2,5}|z|utc|gmt|[+-]\d\d:?\d\d)$/;
const numericDate =
  /^(?:\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4}|\.)?)$/i;
/** A span of time counts from today only if that is said: "in 3 days", "2 weeks ago", "3 days before 10 December". */
const relative =
  /^(?:in|tomorrow|yesterday|tonight)\b|\b(?:ago|later|hence|earlier|from (?:now|today))\b|\b(?:before|after|from) \S/i;
const besideWeekday = new RegExp(String.raw`\b(?:before|after|from) (?:\w+ ){0,2}${weekday}\b`, 'i');
const timeOfDay =
  /\d[:.]\d\d|\d ?[ap]\.?m\b|\dh|T\d\d|\b(?:at|around|about|now|o'clock|noon|midday|midnight|morning|afternoon|evening|night|tonight|today|tomorrow|yesterday)\b|\bo'clock|hours?|minutes?/i;
const dayBesideAnother = /\b(?:the )?day (?:after tomorrow|before yesterday)\b/gi;

/**
 * Whether each word that chrono took for a date is a word of dates. It looks past others ("24 December before 5pm"),
 * ends in the middle of a word ("25 d" of "25 décembre"), and takes a list for a year ("December 10, 11").
 */
function isUnderstood(result: chrono.ParsedResult, { text, end, looksBack }: ReadDate): boolean {
  const isCutOut =
    /[\p{L}\p{N}]/u.test(text.charAt(result.index - 1)) || /^[\p{L}\p{N}'’]/u.test(text.slice(end));
  const said = text.slice(result.index, end).replace(dayBesideAnother, ' tomorrow ').trim();
  const tags = result.start.tags();
  const isRelative = tags.has('result/relativeDate') || tags.has('result/relativeDateAndTime');
  // "The last Friday" is that of a month, "last Friday" the one just gone.
  const isOfMonth = /^last\b/i.test(said) && /\bthe\s+$/i.test(text.slice(0, result.index));
  if (isCutOut || isOfMonth || (isRelative && !relative.test(said))) return false;
  // chrono counts "two days after Friday" from the Friday before, and takes the 13 of "Friday 13" for an hour.
  if (isRelative && besideWeekday.test(said)) return false;
  if (result.start.isCertain('hour') && !isRelative && !timeOfDay.test(said)) return false;
  if (numericDate.test(said)) return true;
  const isYearGuessed =
    result.start.isCertain('year') && !isRelative && !isCasual(tags) && !/\d{4}/.test(said);
  if (isYearGuessed && !/^(?:this|next|last)\b/i.test(said)) return false;
  const alsoFits = [
    ...(result.end ? [/^(?:to|till?|until|through|thru|-|–|—)$/i] : []),
    ...(looksBack ? [/^(?:around|about)$/i] : []),
    ...(isRelative ? [/^(?:before|after)$/i] : []),
  ];
  return said
    .split(/[\s,]+|(?<=\d)[-–—](?=\d)/)
    .map((word) => word.replace(/^[(|]+|[.)]+$/g, ''))
    .filter((word) => word !== '')
    .every((word) => [dateWord, numericDate, timeZone, ...alsoFits].some((fits) => fits.test(word)));
}

function isCasual(tags: ReadonlySet<string>): boolean {
  return [...tags].some((tag) => tag.startsWith('casualReference/') || tag === 'parser/ENCasualDateParser');
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

/** "Sunday", said on a Sunday, may be today or in a week. */
function weekAfterToday(
  components: chrono.ParsedComponents,
  isoDate: string,
  { now, looksBack }: DateOptions,
): string | null {
  const isBareWeekday = components.isCertain('weekday') && !components.isCertain('day');
  const isToday = isoDate === new Date(now).toISOString().slice(0, 10);
  return isBareWeekday && isToday && !looksBack ? new Date(now + 7 * dayMs).toISOString().slice(0, 10) : null;
}

/** "Monday 15 December 2026" where the 15th is a Tuesday. */
function whyWeekday(components: chrono.ParsedComponents, isoDate: string): string | null {
  if (!components.isCertain('weekday') || !components.isCertain('day')) return null;
  if (components.tags().has('result/relativeDate')) return null;
  return whyOtherWeekday(components.get('weekday'), isoDate);
}

function whyOtherWeekday(said: number | null, isoDate: string): string | null {
  const isThatDay = new Date(`${isoDate}T00:00:00Z`).getUTCDay() === said;
  return isThatDay
    ? null
    : `The weekday doesn't go with the date: that would be ${formatDate(isoDate)}. Which day is it?`;
}

/** Abbreviations that several time zones go by: India's, Israel's and Ireland's is IST. */
const sharedZone = /\b(?:IST|CST|AST|AMT|BST|ECT|GST|SST|WST|PST(?= ?\(?PH))\b/i;

/** "At 3": in the night, or in the afternoon? */
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

const weekdayBefore = new RegExp(String.raw`\b(?<day>${weekday})\b[\s,]*(?:on )?(?:the )?$`, 'i');
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Makes one date of a weekday and the day right after it: "Friday, the 4th of December". */
function joinWeekdays(found: readonly FoundDate[], text: string): FoundDate[] {
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

/** "Thursday the 10th": the next 10th, which has to be a Thursday. */
function weekdayAndNumber(found: readonly FoundDate[], text: string, options: DateOptions): FoundDate[] {
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
function dayOfMonth(text: string, options: DateOptions): FoundDate[] {
  const match = bareDay.exec(text);
  const isoDate = match === null ? null : nearestDay(Number(match[1]), options);
  if (match === null || isoDate === null) return [];
  const span = { start: 0, end: match[0].length };
  const isPlain = { isoDateTime: null, orElse: null, doubt: null, doubtfulTime: null };
  return [{ ...span, ...isPlain, isoDate, hasYear: false, hasDay: true, isRangeEnd: false }];
}

/** The next day of a month with that number, or the last. */
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
