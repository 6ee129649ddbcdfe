import type { Span } from './reading.ts';

export interface FoundNumber extends Span {
  readonly value: number;
  /** The word right behind it, in lower case: "days" in "12 days". */
  readonly unit: string | null;
}

// A number is not one where a letter touches it, directly or over a hyphen: "B2B", "INC-123".
const digits =
  /(?<![\p{L}\p{N}_]|\p{L}[-_/.]|\d[.,:])([-−]?)\s?[€$£]?(\d{1,3}(?:[,.' \u00a0\u202f]\d{3}){1,5}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,15}(?:[.,]\d{1,10})?)(?![:\d])(?:\s?(k|m|thousand|million|billion)(?!\p{L}))?/giu;

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
  ['m', 1e6],
  ['million', 1e6],
  ['billion', 1e9],
]);
const ordinalEnding = /^(st|nd|rd|th)$/;

/**
 * The numbers in a text, in digits ("1,500", "2.5k") and in words ("twenty-five", "a dozen"), in order.
 * @param wantsWhole reads "1.500" as fifteen hundred, as much of Europe writes it, rather than as one and a half
 */
export function findNumbers(text: string, wantsWhole: boolean): FoundNumber[] {
  const inDigits = [...text.matchAll(digits)].flatMap((match): FoundNumber[] => {
    const [whole, sign = '', numeral = '', multiplier = ''] = match;
    const start = match.index;
    const end = start + whole.length;
    const unit = unitAfter(text, end);
    if (unit !== null && ordinalEnding.test(unit)) return [];
    const size = numeralValue(numeral, wantsWhole) * (multipliers.get(multiplier.toLowerCase()) ?? 1);
    return [{ value: sign === '' ? size : -size, start, end, unit }];
  });
  const inWords = numbersInWords(text).filter(
    (word) => !inDigits.some(({ start, end }) => word.start < end && start < word.end),
  );
  return [...inDigits, ...inWords].sort((left, right) => left.start - right.start);
}

function unitAfter(text: string, end: number): string | null {
  const unit = /^[\s-]?(?:(?:working|business|calendar|full|whole)\s)?(\p{L}{1,30}|%)/iu.exec(
    text.slice(end, end + 50),
  );
  return unit?.[1]?.toLowerCase() ?? null;
}

function numeralValue(numeral: string, wantsWhole: boolean): number {
  const compact = numeral.replace(/['\s\u00a0\u202f]/g, '');
  const separators = [...compact.matchAll(/[.,]/g)].map((match) => match[0]);
  const last = separators.at(-1);
  if (last === undefined) return Number(compact);
  const isMixed = separators.some((separator) => separator !== last);
  const decimals = compact.length - compact.lastIndexOf(last) - 1;
  const isGrouping =
    !isMixed &&
    decimals === 3 &&
    (separators.length > 1 || last === ',' || (wantsWhole && !compact.startsWith('0')));
  if (isGrouping) return Number(compact.replace(/[.,]/g, ''));
  const whole = compact.slice(0, compact.lastIndexOf(last)).replace(/[.,]/g, '');
  return Number(`${whole}.${compact.slice(compact.lastIndexOf(last) + 1)}`);
}

interface Word extends Span {
  readonly word: string;
}

function numbersInWords(text: string): FoundNumber[] {
  const words = [...text.toLowerCase().matchAll(/\p{L}{1,20}/gu)].map((match): Word => ({
    word: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const found: FoundNumber[] = [];
  let index = 0;
  while (index < words.length) {
    const read = readWords(words, index);
    const first = words[index];
    const last = words[index + read.length - 1];
    if (read.length > 0 && first !== undefined && last !== undefined) {
      found.push({ value: read.value, start: first.start, end: last.end, unit: unitAfter(text, last.end) });
    }
    index += Math.max(read.length, 1);
  }
  return found;
}

/** Reads one number that starts at the given word; a length of 0 when none does. */
function readWords(words: readonly Word[], from: number): { value: number; length: number } {
  let total = 0;
  let current = 0;
  let length = 0;
  for (let index = from; index < words.length; index += 1) {
    const word = words[index]?.word ?? '';
    const next = words[index + 1]?.word ?? '';
    const isArticle = word === 'a' && ['dozen', 'hundred', 'thousand', 'million', 'couple'].includes(next);
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
