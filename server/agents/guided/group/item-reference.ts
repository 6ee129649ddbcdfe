import { plainWords } from '../field/plain-words.ts';
import type { Group } from '../../../domain/workflow.ts';

/** Words for one of several things of a kind, and for more than one. */
interface ItemWords {
  readonly one: readonly string[];
  readonly several: readonly string[];
}

const ordinals = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const numberWords = 'one two three four five six seven eight nine ten'.split(' ');

/** The words that people use for an item of a group: its title, and those that fit the items of any group. */
export function itemWords({ itemTitle }: Group): ItemWords {
  const title = plainWords(itemTitle);
  const one = [...new Set([title, title.split(' ').at(-1) ?? title, 'item', 'entry', 'row', 'line'])];
  return { one, several: one.map((word) => (word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`)) };
}

export type ItemReference =
  /** Positions from 0, in ascending order; none twice. */
  | { readonly kind: 'items'; readonly positions: readonly number[] }
  /** A number that no item has. */
  | { readonly kind: 'none-there'; readonly said: string };

interface Referring {
  readonly group: Group;
  readonly count: number;
  /** True if "the second one" can be an item of this group alone. */
  readonly isOnlyOne: boolean;
}

/**
 * Reads a phrase that refers to items of a group and says nothing else: "line 2", "lines 1 and 3", "the second line", "the
 * first two", "2 to 4", "all lines", "the last one". Returns null for any other phrase.
 */
export function readItemReference(
  phrase: string,
  { group, count, isOnlyOne }: Referring,
): ItemReference | null {
  const said = plainWords(phrase.replace(/[,;&]|\s-\s/g, (sign) => (sign.includes('-') ? ' to ' : ' and ')))
    .replace(/^(?:the|my|all of the|both|these|those) (?=\S)/, '')
    .replace(/\band (?:and )+/g, 'and ');
  const { one, several } = itemWords(group);
  const ones = isOnlyOne ? [...one, 'one'] : one;
  const all = isOnlyOne ? [...several, 'ones', 'of them', 'of it'] : several;
  const everything = new Set(['all', ...(isOnlyOne ? ['everything', 'all of them'] : [])]);
  if (
    all.some((word) => said === `all ${word}` || said === `every ${word}`) ||
    (isOnlyOne && everything.has(said))
  )
    return found([...Array(count).keys()], count, said);
  // "the first two lines"
  const run = /^(first|last) (\w+)(?: (.+))?$/.exec(said);
  const length = run === null ? 0 : numberOf(run[2] ?? '');
  if (run !== null && length > 0 && (run[3] === undefined ? isOnlyOne : all.includes(run[3]))) {
    const start = run[1] === 'first' ? 0 : count - length;
    return found(
      Array.from({ length }, (_, at) => start + at),
      count,
      said,
    );
  }
  // "line 2", "lines 1 and 3", "line 2 to 4"
  const named = startingWith(said, [...one, ...several]);
  const list = (named ?? (isOnlyOne ? said : null))?.replace(/^(?:number|no|nr) /, '');
  const numbers = list === undefined ? null : readNumbers(list.replace(/#/g, ''));
  if (numbers !== null)
    return found(
      numbers.map((number) => number - 1),
      count,
      said,
    );
  // "the second line", "the first and third lines"
  const before = endingWith(said, [...ones, ...all]);
  const places = before === null ? null : readOrdinals(before, count);
  return places === null ? null : found(places, count, said);
}

function found(positions: readonly number[], count: number, said: string): ItemReference | null {
  if (positions.length === 0) return count === 0 ? { kind: 'none-there', said } : null;
  const areThere = positions.every((position) => position >= 0 && position < count);
  if (!areThere) return { kind: 'none-there', said };
  return { kind: 'items', positions: [...new Set(positions)].sort((left, right) => left - right) };
}

function startingWith(said: string, words: readonly string[]): string | null {
  const word = words.find((candidate) => said.startsWith(`${candidate} `));
  return word === undefined ? null : said.slice(word.length + 1);
}

function endingWith(said: string, words: readonly string[]): string | null {
  const word = words.find((candidate) => said.endsWith(` ${candidate}`));
  return word === undefined ? null : said.slice(0, -word.length - 1);
}

/** Reads "2", "1 and 3" or "2 to 4"; null if any word is no number. */
function readNumbers(list: string): number[] | null {
  const range = /^(\w+) (?:to|through|until) (\w+)$/.exec(list);
  const [from, to] = [numberOf(range?.[1] ?? ''), numberOf(range?.[2] ?? '')];
  if (from > 0 && to >= from && to < 1_000)
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const numbers = list.split(' and ').map(numberOf);
  return numbers.includes(0) ? null : numbers;
}

/** Reads "second", "first and third" or "last"; null if any word is no ordinal. */
function readOrdinals(list: string, count: number): number[] | null {
  const places = list.split(' and ').map((word) => ordinalOf(word, count));
  return places.includes(null) ? null : places.flatMap((place) => place ?? []);
}

function ordinalOf(word: string, count: number): number | null {
  if (word === 'last') return count - 1;
  const inDigits = /^(\d{1,3})(?:st|nd|rd|th)$/.exec(word)?.[1];
  const place = inDigits === undefined ? ordinals.indexOf(word) : Number(inDigits) - 1;
  return place < 0 ? null : place;
}

/** The number that a word is, from 1; 0 if it is none. */
function numberOf(word: string): number {
  return /^\d{1,3}$/.test(word) ? Number(word) : numberWords.indexOf(word) + 1;
}
