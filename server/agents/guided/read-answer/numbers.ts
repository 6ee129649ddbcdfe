import type { Span } from './field-reading.ts';

export interface FoundNumber extends Span {
  readonly value: number;
  /** The word directly after the number, in lower case: "days" in "12 days". */
  readonly unit: string | null;
  /** True if the number can be read in two ways: "10.000" is ten thousand in half of Europe, and ten elsewhere. */
  readonly isAmbiguous: boolean;
}

const groups = String.raw`\d{1,3}(?<group>[.,' \u00a0\u202f_])\d{3}(?:\k<group>\d{3}){0,4}(?:[.,]\d{1,2})?`;
const lakhs = String.raw`\d{1,2}(?:,\d{2}){1,4},\d{3}(?:\.\d{1,2})?`;
const plain = String.raw`\d{1,15}(?:[.,]\d{1,10})?(?:e\+?\d{1,2})?`;
const fraction = String.raw`(?:\.|(?<![\d\s]),)\d{1,10}`;
const scales = 'k|thousand|tsd|m|mn|mln|mio|millions?|bn|mrd|billions?|lakhs?|crores?|grand|hundred|dozen';

/**
 * Matches a whole number in digits. No letter, digit or separator that is not part of it may touch it ("B2B",
 * "INC-123", "1.2.3", "14:30").
 */
const digits = new RegExp(
  String.raw`(?<![\p{L}\p{N}_½¼¾]|\p{L}[-_/.]|\d[.,:'_])(?<sign>[-−](?<!\d\s?[-−]))?\s?(?<currency>[€$£])?\s?` +
    `(?<numeral>${groups}|${lakhs}|${plain}|${fraction})` +
    String.raw`(?![\p{N}½¼¾]|[.,:'_/]\p{N})(?:,[-–—]{1,2}|\.[-–—]{1,2})?` +
    String.raw`(?:(?<gap>\s?)(?<scale>${scales})(?=\s?[€$£]|[^\p{L}\p{N}]|$))?\s?(?<after>[€$£])?`,
  'giu',
);

const smallNumbers = new Map(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
    'seventeen eighteen nineteen'
  )
    .split(' ')
    .map((word, value) => [word, value] as const),
);
const tens = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, index) => [word, 20 + 10 * index] as const),
);
const multipliers = new Map([
  ['k', 1e3],
  ['thousand', 1e3],
  ['tsd', 1e3],
  ['grand', 1e3],
  ['m', 1e6],
  ['mn', 1e6],
  ['mln', 1e6],
  ['mio', 1e6],
  ['million', 1e6],
  ['bn', 1e9],
  ['mrd', 1e9],
  ['billion', 1e9],
  ['lakh', 1e5],
  ['crore', 1e7],
  ['hundred', 1e2],
  ['dozen', 12],
]);
const minusBefore = /\b(?:minus|negative)\s*$/i;
const ordinalEnding = /^(?:st|nd|rd|th)$/;

/** Facts about a field that decide how digits are read. */
export interface NumberOptions {
  /** Reads "1.500" as fifteen hundred, as much of Europe writes it, rather than as one and a half. */
  readonly wantsWhole: boolean;
  /** Reads "20 m" as millions; elsewhere that may be metres or minutes. */
  readonly isMoney?: boolean;
}

/** Finds the numbers in a text, in digits ("1,500", "2.5k") and in words ("twenty-five", "a dozen"), in order. */
export function findNumbers(text: string, options: boolean | NumberOptions): FoundNumber[] {
  const { wantsWhole, isMoney = false } = typeof options === 'boolean' ? { wantsWhole: options } : options;
  const inDigits = [...text.matchAll(digits)].flatMap((match): FoundNumber[] => {
    const { sign, currency, numeral = '', gap = '', scale, after } = match.groups ?? {};
    const isPriced = currency !== undefined || after !== undefined || isMoney;
    const isMetre = scale?.toLowerCase() === 'm' && !isPriced;
    const skipped = isMetre ? scale.length + gap.length : 0;
    // The currency still has to be accounted for: dollars are not euros.
    const tail = (after ?? '').length + skipped;
    const said = minusBefore.exec(text.slice(Math.max(0, match.index - 12), match.index))?.[0] ?? '';
    const from = match.index + match[0].indexOf(sign ?? numeral);
    const start = said === '' ? from : match.index - said.length;
    const end = match.index + match[0].slice(0, match[0].length - tail).trimEnd().length;
    const unit = unitAfter(text, end);
    if (unit !== null && ordinalEnding.test(unit)) return [];
    const size = numeralValue(numeral, wantsWhole) * (scale === undefined || isMetre ? 1 : scaleOf(scale));
    // An amount of money has no three decimals, so "10.000 €" may be ten thousand or ten.
    const isAmbiguous = !wantsWhole && isPriced && /^[1-9]\d{0,2}\.\d{3}$/.test(numeral);
    return [
      { value: rounded(sign === undefined && said === '' ? size : -size), start, end, unit, isAmbiguous },
    ];
  });
  const inWords = numbersInWords(text).filter(
    (word) => !inDigits.some(({ start, end }) => word.start < end && start < word.end),
  );
  return [...inDigits, ...inWords].sort((left, right) => left.start - right.start);
}

/** Rounds away errors of floating point: 1.1 million is 1,100,000, not 1,100,000.0000000001. */
function rounded(value: number): number {
  return Number(value.toPrecision(15));
}

function scaleOf(scale: string): number {
  const word = scale.toLowerCase();
  return multipliers.get(word) ?? multipliers.get(word.replace(/s$/, '')) ?? 1;
}

function unitAfter(text: string, end: number): string | null {
  const unit = /^[\s-]?(?:(?:working|business|calendar|full|whole)\s)?(\p{L}{1,30}|%)/iu.exec(
    text.slice(end, end + 50),
  );
  return unit?.[1]?.toLowerCase() ?? null;
}

function numeralValue(numeral: string, wantsWhole: boolean): number {
  const compact = numeral.replace(/['\s\u00a0\u202f_]/g, '');
  if (/e/i.test(compact)) return Number(compact.replace(',', '.'));
  const separators = [...compact.matchAll(/[.,]/g)].map((match) => match[0]);
  const last = separators.at(-1);
  if (last === undefined) return Number(compact);
  const isMixed = separators.some((separator) => separator !== last);
  const decimals = compact.length - compact.lastIndexOf(last) - 1;
  const isGrouping =
    !isMixed &&
    decimals === 3 &&
    (separators.length > 1 || ((last === ',' || wantsWhole) && /^[1-9]\d{0,2}[.,]/.test(compact)));
  if (isGrouping) return Number(compact.replace(/[.,]/g, ''));
  const whole = compact.slice(0, compact.lastIndexOf(last)).replace(/[.,]/g, '');
  return Number(`${whole}.${compact.slice(compact.lastIndexOf(last) + 1)}`);
}

interface NumberWord extends Span {
  readonly word: string;
}

function numbersInWords(text: string): FoundNumber[] {
  return runsOfWords(text).flatMap((words) => numbersInRun(words, text));
}

/** Splits a text into runs of words with only spaces or hyphens between them: "two, thousand" is not 2,000. */
function runsOfWords(text: string): NumberWord[][] {
  const runs: NumberWord[][] = [];
  for (const match of text.toLowerCase().matchAll(/\p{L}{1,20}/gu)) {
    const word = { word: match[0], start: match.index, end: match.index + match[0].length };
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && /^[\s-]+$/.test(text.slice(last.end, word.start)))
      run.push(word);
    else runs.push([word]);
  }
  return runs;
}

function numbersInRun(words: readonly NumberWord[], text: string): FoundNumber[] {
  const found: FoundNumber[] = [];
  let index = 0;
  while (index < words.length) {
    const read = isPronoun(words, index) ? { value: 0, length: 0 } : readNumber(words, index);
    const first = words[index];
    const last = words[index + read.length - 1];
    if (read.length > 0 && first !== undefined && last !== undefined) {
      const unit = unitAfter(text, last.end);
      found.push({ value: read.value, start: first.start, end: last.end, unit, isAmbiguous: false });
    }
    index += Math.max(read.length, 1);
  }
  return found;
}

/** True for "the one", "this one" and "another one", which count nothing. */
function isPronoun(words: readonly NumberWord[], index: number): boolean {
  const before = words[index - 1]?.word ?? '';
  return (
    words[index]?.word === 'one' && /^(?:the|this|that|which|any|every|each|another|other)$/.test(before)
  );
}

interface ReadNumber {
  readonly value: number;
  /** The number of words; 0 if there is no number. */
  readonly length: number;
}

/** Reads one number that starts at the given word, including a word before it that changes it: "minus", "half a". */
function readNumber(words: readonly NumberWord[], from: number): ReadNumber {
  const word = (offset: number): string => words[from + offset]?.word ?? '';
  if (word(0) === 'minus' || word(0) === 'negative') {
    const size = readCardinal(words, from + 1);
    return size.length === 0 ? size : { value: -size.value, length: size.length + 1 };
  }
  const part = partOf(word);
  if (part !== null) {
    const scale = multipliers.get(word(part.length)) ?? 0;
    const isScale = word(part.length).length > 1 && scale > 0;
    return isScale ? { value: scale * part.size, length: part.length + 1 } : { value: 0, length: 0 };
  }
  return readCardinal(words, from);
}

/** Reads "half a" or "a quarter of a": a part of the word after it. */
function partOf(word: (offset: number) => string): { readonly size: number; readonly length: number } | null {
  const lead = word(0) === 'a' ? 1 : 0;
  const size = word(lead) === 'half' ? 0.5 : word(lead) === 'quarter' ? 0.25 : null;
  if (size === null) return null;
  let length = lead + 1;
  if (word(length) === 'of') length += 1;
  if (word(length) === 'a') length += 1;
  return { size, length };
}

function readCardinal(words: readonly NumberWord[], from: number): ReadNumber {
  let total = 0;
  let current = 0;
  let length = 0;
  for (let index = from; index < words.length; index += 1) {
    const word = words[index]?.word ?? '';
    const next = words[index + 1]?.word ?? '';
    const isArticle = word === 'a' && (next === 'couple' || (next.length > 1 && multipliers.has(next)));
    const joins = word === 'and' && length > 0 && (current >= 100 || total > 0) && isNumberWord(next);
    if ((isArticle && length === 0) || joins) continue;
    const small = smallNumbers.get(word) ?? tens.get(word);
    const multiplier = word.length > 1 ? multipliers.get(word) : undefined;
    if (small !== undefined) {
      const isBeginning = length === 0 || (current === 0 && total > 0);
      const fillsUnits = small > 0 && small < 10 && current % 100 >= 20 && current % 10 === 0;
      const fillsTens = small > 0 && current >= 100 && current % 100 === 0;
      if (!isBeginning && !fillsUnits && !fillsTens) break;
      current += small;
    } else if (word === 'dozen') current = Math.max(current, 1) * 12;
    else if (word === 'couple' && length === 0) current = 2;
    else if (word === 'hundred') current = Math.max(current, 1) * 100;
    else if (multiplier !== undefined) {
      total += Math.max(current, 1) * multiplier;
      current = 0;
    } else break;
    length = index - from + 1;
  }
  return { value: total + current, length };
}

function isNumberWord(word: string): boolean {
  return smallNumbers.has(word) || tens.has(word);
}
