import type * as chrono from 'chrono-node';

/** The units of time that a date may count in. */
export const timeUnits = 'minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|fortnights?';
export const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
export const weekday = '(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?';

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
/**
 * A span of time counts from today only if the text says so: "in 3 days", "2 weeks ago", "3 days before 10 December".
 */
const relative =
  /^(?:in|tomorrow|yesterday|tonight)\b|\b(?:ago|later|hence|earlier|from (?:now|today))\b|\b(?:before|after|from) \S/i;
const besideWeekday = new RegExp(String.raw`\b(?:before|after|from) (?:\w+ ){0,2}${weekday}\b`, 'i');
const timeOfDay =
  /\d[:.]\d\d|\d ?[ap]\.?m\b|\dh|T\d\d|\b(?:at|around|about|now|o'clock|noon|midday|midnight|morning|afternoon|evening|night|tonight|today|tomorrow|yesterday)\b|\bo'clock|hours?|minutes?/i;
const dayBesideAnother = /\b(?:the )?day (?:after tomorrow|before yesterday)\b/gi;

interface ReadDate {
  readonly text: string;
  readonly end: number;
  readonly looksBack: boolean;
}

/**
 * True if every word that chrono took for a date is a word of dates. chrono skips other words ("24 December before
 * 5pm"), ends in the middle of a word ("25 d" of "25 décembre"), and takes a list for a year ("December 10, 11").
 */
export function isUnderstood(result: chrono.ParsedResult, { text, end, looksBack }: ReadDate): boolean {
  const isCutOut =
    /[\p{L}\p{N}]/u.test(text.charAt(result.index - 1)) || /^[\p{L}\p{N}'’]/u.test(text.slice(end));
  const said = text.slice(result.index, end).replace(dayBesideAnother, ' tomorrow ').trim();
  const tags = result.start.tags();
  const isRelative = tags.has('result/relativeDate') || tags.has('result/relativeDateAndTime');
  // "The last Friday" is a month's last one, "last Friday" the most recent one.
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
