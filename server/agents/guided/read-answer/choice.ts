import type { Choice } from '../../../../contract/workflow-state.ts';
import { plainWords } from '../field/plain-words.ts';
import { editDistance } from '../../../../workflows/definition/edit-distance.ts';
import type { Span } from './field-reading.ts';

export type ChoiceReading =
  | { readonly kind: 'one'; readonly choice: string; readonly spans: readonly Span[] }
  /** Values, like the one above. */
  | { readonly kind: 'several'; readonly choices: readonly string[] }
  | { readonly kind: 'none' };

const ordinals = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const numberWords = 'one two three four five six seven eight nine ten'.split(' ');
/** Contractions that leave out the middle of a word; abbreviations by a word's beginning need no list. */
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
/** Words that name no choice. */
const connectives = new Set(
  'the and for our not from with all any or of in to by on at an is it no so we us me my be do if as up go or yes non without'.split(
    ' ',
  ),
);
const negations = new Set(['no', 'not', 'non', 'without', 'never', 'none']);
const longestText = 500;

interface ChoiceWord extends Span {
  readonly word: string;
}

/** The words of a text in the form that is compared, with their places: "non-profit" is two words. */
function comparedWords(text: string): ChoiceWord[] {
  return [...text.slice(0, longestText).matchAll(/e-mail|[\p{L}\p{M}\p{N}'’%+#]+/giu)].flatMap((match) => {
    const word = plainWords(match[0].replace('-', ''));
    return word === '' ? [] : [{ word, start: match.index, end: match.index + match[0].length }];
  });
}

interface Mention extends Span {
  readonly choices: readonly string[];
  readonly isInFull: boolean;
  /** True for "not small", which excludes a choice. */
  readonly isRuledOut: boolean;
}

/**
 * Reads the choice that an answer means: by the words of its title or its value, by some of them, by its number, or with
 * a typo. Words beside those that name the choice still have to be accounted for.
 */
export function readChoice(choices: readonly Choice[], text: string): ChoiceReading {
  const mentions = mentionsIn(choices, text, true);
  if (mentions.length > 0) return readMentions(mentions);
  return readShorthand(choices, text);
}

/** Finds the choice that a text names in full, as whole words, at any place; the longest if one contains another. */
export function findChoice(choices: readonly Choice[], text: string): ChoiceReading {
  return readMentions(mentionsIn(choices, text, false));
}

function readMentions(mentions: readonly Mention[]): ChoiceReading {
  const meant = mentions.filter(({ isRuledOut }) => !isRuledOut);
  const first = meant[0];
  if (first === undefined) return { kind: 'none' };
  // "Annual leave": a word that several choices share adds nothing to the word that tells them apart.
  const left = meant.reduce<readonly string[]>((open, mention) => {
    const both = open.filter((choice) => mention.choices.includes(choice));
    return both.length > 0 ? both : [...open, ...mention.choices];
  }, first.choices);
  const isOne = left.length === 1 && meant.every(({ choices }) => choices.includes(left[0] ?? ''));
  return isOne
    ? oneOf(left, mentions)
    : { kind: 'several', choices: [...new Set(meant.flatMap((m) => m.choices))] };
}

function oneOf(choices: readonly string[], spans: readonly Span[]): ChoiceReading {
  const [first, ...others] = choices;
  if (first === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', choice: first, spans } : { kind: 'several', choices };
}

/** Finds the places where a text names choices: in full first, then by words that only some choices have. */
function mentionsIn(choices: readonly Choice[], text: string, inPart: boolean): Mention[] {
  const words = comparedWords(text);
  const names = choices.flatMap((choice) =>
    namesOf(choice).map((name): Name => ({ choice: choice.value, words: name.split(' ') })),
  );
  const own = ownWords(choices);
  const mentions: Mention[] = [];
  for (let index = 0; index < words.length;) {
    const inFull = longestName(names, words, index);
    const named = inFull ?? (inPart ? partOfName(names, own, { words, index, text }) : null);
    const first = words[index];
    const last = words[index + (named?.length ?? 1) - 1];
    if (named !== null && first !== undefined && last !== undefined) {
      const before = words[index - 1];
      const isRuledOut = inFull !== null && before?.word === 'not';
      const start = isRuledOut ? before.start : first.start;
      mentions.push({ choices: named.choices, start, end: last.end, isInFull: inFull !== null, isRuledOut });
    }
    index += named?.length ?? 1;
  }
  return mentions;
}

/** The title and the value of a choice in plain words: one name where they are the same. */
function namesOf({ value, title }: Choice): string[] {
  return [...new Set([plainWords(title), plainWords(value)])];
}

interface Named {
  readonly choices: readonly string[];
  readonly length: number;
}

interface Name {
  readonly choice: string;
  readonly words: readonly string[];
}

function longestName(names: readonly Name[], words: readonly ChoiceWord[], index: number): Named | null {
  const fitting = names.filter(
    (name) =>
      name.words[0] !== '' && name.words.every((word, offset) => words[index + offset]?.word === word),
  );
  const length = Math.max(0, ...fitting.map((name) => name.words.length));
  const choices = valuesOf(fitting.filter((name) => name.words.length === length));
  return choices.length === 0 ? null : { choices, length };
}

function valuesOf(names: readonly Name[]): string[] {
  return [...new Set(names.map(({ choice }) => choice))];
}

interface WordPlace {
  readonly words: readonly ChoiceWord[];
  readonly index: number;
  readonly text: string;
}

/** Reads a word that is part of a choice, its initials, or nearly such a word. */
function partOfName(
  names: readonly Name[],
  own: ReadonlySet<string>,
  { words, index, text }: WordPlace,
): Named | null {
  const said = words[index];
  if (said === undefined) return null;
  const word = contractions.get(said.word) ?? said.word;
  const written = text.slice(said.start, said.end);
  // "Profit" is the opposite of "non-profit", so a choice with a negation must be named in full.
  const open = names.filter((name) => !name.words.some((part) => negations.has(part)));
  const telling = (name: Name): readonly string[] => name.words.filter((part) => tells(part));
  const tiers: ((name: Name) => boolean)[] = [
    (name) => telling(name).some((part) => own.has(part) && singular(part) === singular(word)),
    (name) => initialsOf(name) === word && (!connectives.has(word) || written === written.toUpperCase()),
    (name) => telling(name).some((part) => part === word),
    (name) => telling(name).some((part) => own.has(part) && isTypoOf(part, word)),
  ];
  for (const isMeant of tiers) {
    const choices = valuesOf(open.filter(isMeant));
    if (choices.length > 0) return { choices, length: 1 };
  }
  return null;
}

function tells(word: string): boolean {
  return word.length >= 2 && !connectives.has(word);
}

/** The words that only one of the choices has, which tell the choices apart. */
function ownWords(choices: readonly Choice[]): ReadonlySet<string> {
  const all = choices.flatMap((choice) => [...new Set(namesOf(choice).join(' ').split(' ').filter(tells))]);
  return new Set(all.filter((word) => all.indexOf(word) === all.lastIndexOf(word)));
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
}

/** Returns "uk" for "United Kingdom". */
function initialsOf({ words }: Name): string | null {
  return words.length > 1 ? words.map((word) => word.charAt(0)).join('') : null;
}

const inflections = ['r', 'er', 'st', 'est', 'ish', 'y', 'd'];

/** True if a word is one slip from another, and not a different word with the same beginning ("larger", "level 2"). */
function isTypoOf(word: string, said: string): boolean {
  if (word.length < 5 || !said.startsWith(word.slice(0, 1)) || !/^\p{L}+$/u.test(word + said)) return false;
  if (inflections.some((ending) => said === word + ending || word === said + ending)) return false;
  return editDistance(word, said) === 1;
}

const aside =
  /^(?:(?:please|it'?s|its|it is|i'd like|i want|make it|thanks|the|a|an) )+|(?: (?:please|thanks))+$/g;

/** Reads a choice by its number in the list, or by its beginning. */
function readShorthand(choices: readonly Choice[], text: string): ChoiceReading {
  const whole = [{ start: 0, end: text.length }];
  const said = plainWords(text.slice(0, longestText)).replace(aside, '');
  const isListed = !choices.some(({ title }) => /\d/.test(title) || numberWords.includes(plainWords(title)));
  const numbered = isListed ? choices[numberIn(said, choices.length) - 1] : undefined;
  if (numbered !== undefined) return { kind: 'one', choice: numbered.value, spans: whole };
  if (said.length < 2 || connectives.has(said)) return { kind: 'none' };
  const begun = choices.flatMap((choice) =>
    namesOf(choice)
      .filter(
        (name) =>
          name.startsWith(said) || name.split(' ').some((word) => tells(word) && word.startsWith(said)),
      )
      .map((name): Name => ({ choice: choice.value, words: name.split(' ') })),
  );
  return begun.length === 0 ||
    begun.some(({ words }) => words.some((word) => negations.has(word)) && !words.join(' ').startsWith(said))
    ? { kind: 'none' }
    : oneOf(valuesOf(begun), whole);
}

/** Reads "2", "#2", "option two", "the second one" or "the last one"; 0 if the text is no number. */
function numberIn(said: string, count: number): number {
  const match = /^(?:(?:option|number|choice) )?#?(\w+)(?: (?:one|option|choice))?$/.exec(said);
  const word = match?.[1] ?? '';
  if (/^\d{1,3}$/.test(word)) return Number(word);
  if (word === 'last') return count;
  return Math.max(ordinals.indexOf(word), numberWords.indexOf(word)) + 1;
}
