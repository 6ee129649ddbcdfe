import { plainWords } from '../plain-words.ts';
import { editDistance } from './edit-distance.ts';

export type ChoiceReading =
  | { readonly kind: 'one'; readonly choice: string }
  | { readonly kind: 'several'; readonly choices: readonly string[] }
  | { readonly kind: 'none' };

const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];
const numberWords = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
/** Words that are written in short with their middle left out; short beginnings of words are understood anyway. */
const contractions = new Map([
  ['ltd', 'limited'],
  ['dept', 'department'],
  ['govt', 'government'],
  ['intl', 'international'],
  ['natl', 'national'],
  ['mgmt', 'management'],
  ['mfg', 'manufacturing'],
  ['acct', 'account'],
  ['asst', 'assistant'],
]);
/** Words that name nothing. */
const connectives = new Set(
  'the and for our not from with all any or of in to by on at an is it no so we us me my be do if as up go or yes'.split(
    ' ',
  ),
);

/** Reads which of the listed choices an answer means: by its words, a part of them, its number, or with a typo. */
export function readChoice(choices: readonly string[], text: string): ChoiceReading {
  const said = writtenOut(plainWords(text).slice(0, 500));
  if (said === '') return { kind: 'none' };
  const byWords = findChoice(choices, text);
  if (byWords.kind !== 'none') return byWords;
  const numbered = choices[numberIn(said, choices.length) - 1];
  if (numbered !== undefined) return { kind: 'one', choice: numbered };
  const own = ownWords(choices);
  for (const isMeant of [sharesWord, startsSo, abbreviates, isNearly]) {
    const meant = choices.filter((choice) => isMeant({ choice: plainWords(choice), own }, said));
    if (meant.length > 0) return oneOf(meant);
  }
  const related = choices.filter((choice) =>
    tellingWords(plainWords(choice)).some((word) => said.split(' ').includes(word)),
  );
  return related.length === 0 ? { kind: 'none' } : oneOf(related);
}

function writtenOut(said: string): string {
  return said
    .split(' ')
    .map((word) => contractions.get(word) ?? word)
    .join(' ');
}

interface Candidate {
  readonly choice: string;
  /** The words that only one of the choices has: what tells them apart. */
  readonly own: ReadonlySet<string>;
}

function ownWords(choices: readonly string[]): ReadonlySet<string> {
  const all = choices.flatMap((choice) => [...new Set(tellingWords(plainWords(choice)))]);
  return new Set(all.filter((word) => all.indexOf(word) === all.lastIndexOf(word)));
}

/** The choices that a text names in full, as whole words, wherever it does; the longest where one holds another. */
export function findChoice(choices: readonly string[], text: string): ChoiceReading {
  const said = ` ${plainWords(text).slice(0, 500)} `;
  const exact = choices.filter((choice) => plainWords(choice) === said.trim());
  if (exact.length > 0) return oneOf(exact);
  const named = choices.filter((choice) => {
    const words = plainWords(choice);
    return words !== '' && said.includes(` ${words} `) && !said.includes(` not ${words} `);
  });
  const longest = named.filter(
    (choice) =>
      !named.some(
        (other) => other !== choice && ` ${plainWords(other)} `.includes(` ${plainWords(choice)} `),
      ),
  );
  return longest.length === 0 ? { kind: 'none' } : oneOf(longest);
}

function oneOf(choices: readonly string[]): ChoiceReading {
  const [first, ...others] = choices;
  if (first === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', choice: first } : { kind: 'several', choices };
}

/** "2", "#2", "option two", "the second one", "the last one"; 0 when it is no number. */
function numberIn(said: string, count: number): number {
  const match =
    /^(?:(?:it's|its) )?(?:the )?(?:(?:option|number|choice|no) )?#?(\w+)(?: (?:one|option|choice))?$/.exec(
      said,
    );
  const word = match?.[1] ?? '';
  if (/^\d{1,3}$/.test(word)) return Number(word);
  if (word === 'last') return count;
  return Math.max(ordinals.indexOf(word), numberWords.indexOf(word)) + 1;
}

function tellingWords(text: string): string[] {
  return text.split(' ').filter((word) => word.length >= 2 && !connectives.has(word));
}

function ownWordsOf({ choice, own }: Candidate): string[] {
  return tellingWords(choice).filter((word) => own.has(word));
}

function sharesWord(candidate: Candidate, said: string): boolean {
  const words = new Set(tellingWords(said).map(singular));
  return ownWordsOf(candidate).some((word) => words.has(singular(word)));
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
}

function startsSo(candidate: Candidate, said: string): boolean {
  const begins = (word: string): boolean => word.startsWith(said);
  return said.length >= 2 && (begins(candidate.choice) || ownWordsOf(candidate).some(begins));
}

/** "UK" for "United Kingdom". */
function abbreviates({ choice }: Candidate, said: string): boolean {
  const words = choice.split(' ');
  const initials = words.map((word) => word.charAt(0)).join('');
  return words.length > 1 && said.split(' ').includes(initials);
}

function isNearly(candidate: Candidate, said: string): boolean {
  if (isTypoOf(candidate.choice, said)) return true;
  return ownWordsOf(candidate).some((word) => said.split(' ').some((other) => isTypoOf(word, other)));
}

function isTypoOf(word: string, said: string): boolean {
  if (word.length < 4 || Math.abs(word.length - said.length) > 2) return false;
  return editDistance(word, said) <= (word.length >= 7 ? 2 : 1);
}
