import { plainWords } from '../field/plain-words.ts';

const numberWords = 'one two three four five six seven eight nine ten'.split(' ');

/**
 * Reads several choices by their places in the list, and nothing else: "the first two", "the last three", "2 to 4", "1-3".
 * Returns positions from 0; null for any other text, and for places that the list does not have.
 * @param titles of the choices: where one holds a number, a number may be meant as its name
 */
export function readChoiceRun(titles: readonly string[], text: string): readonly number[] | null {
  const isNumbered = !titles.some((title) => /\d/.test(title) || numberWords.includes(plainWords(title)));
  if (!isNumbered) return null;
  const said = plainWords(text.replace(/(?<=\d)\s*[-–—]\s*(?=\d)/g, ' to ')).replace(
    /^(?:the|numbers?) /,
    '',
  );
  const [, end, amount] = /^(first|last) (\w+)(?: (?:ones|choices|options))?$/.exec(said) ?? [];
  const [, from, to] = /^(\w+) (?:to|through) (\w+)$/.exec(said) ?? [];
  const count = titles.length;
  if (end !== undefined) {
    const length = numberOf(amount ?? '');
    if (length < 1 || length > count) return null;
    return positions(end === 'first' ? 0 : count - length, length);
  }
  const [first, last] = [numberOf(from ?? ''), numberOf(to ?? '')];
  return first < 1 || last < first || last > count ? null : positions(first - 1, last - first + 1);
}

function positions(from: number, length: number): number[] {
  return Array.from({ length }, (_, index) => from + index);
}

function numberOf(word: string): number {
  return /^\d{1,3}$/.test(word) ? Number(word) : numberWords.indexOf(word) + 1;
}
