import type { Field } from '../../../domain/workflow.ts';
import type { Span } from './field-reading.ts';

export interface FoundToken extends Span {
  readonly value: string;
}

interface Token extends Span {
  readonly text: string;
}

const opening = new Set('<>()[]{}"\'“”‘’,;:!?');
const closing = new Set('<>()[]{}"\'“”‘’,;:!?.');

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[^\s,;|]+/g)].flatMap((match): Token[] => {
    const written = match[0];
    let from = 0;
    let to = written.length;
    while (from < to && opening.has(written.charAt(from))) from += 1;
    while (to > from && closing.has(written.charAt(to - 1))) to -= 1;
    // The span includes the brackets around a value: "<maria@acme.example>".
    const span = { start: match.index, end: match.index + written.length };
    return from === to ? [] : [{ text: written.slice(from, to), ...span }];
  });
}

/**
 * Maximum number of candidates to check: an answer with more names no single value, and each costs a run of the field's
 * schema (I11).
 */
const mostCandidates = 200;

/** Returns the different values among the candidates that the field accepts. */
function accepted(field: Field, candidates: readonly Token[]): FoundToken[] {
  const found = new Map<string, FoundToken>();
  const checkedTexts = new Set<string>();
  for (const { text, start, end } of candidates) {
    if (checkedTexts.has(text)) continue;
    if (checkedTexts.size === mostCandidates) break;
    checkedTexts.add(text);
    const checked = field.check(text);
    if (!checked.ok || typeof checked.value !== 'string' || found.has(checked.value)) continue;
    found.set(checked.value, { value: checked.value, start, end });
  }
  return [...found.values()];
}

const dictatedSigns = new Map([
  ['dot', '.'],
  ['underscore', '_'],
  ['dash', '-'],
  ['hyphen', '-'],
  ['plus', '+'],
]);
const sign = String.raw`\(?(?:dot|underscore|dash|hyphen|plus)\)?`;
const dictated = new RegExp(
  String.raw`(?<![\w.+-])([\w.+-]{1,64}(?: ${sign} [\w.+-]{1,64}){0,5}) (?:at|\(at\)|@) ([\w-]{1,63}(?: ?(?:dot|\(dot\)|dash|hyphen|\.) ?[\w-]{1,63}){1,4})`,
  'i',
);

/** Matches the words before "at" that are no mailbox: "I am at acme dot example" says where, not which address. */
const noMailbox =
  /^(?:am|is|are|was|be|me|us|we|i|you|it|her|him|them|look|meet|see|find|here|there|live|works?|working|based|back|still|now|not|no|or|only)$/i;

export function findEmails(field: Field, text: string): FoundToken[] {
  const found = accepted(
    field,
    tokensOf(text)
      .filter((token) => token.text.includes('@'))
      .map((token) => ({ ...token, text: token.text.replace(/^mailto:/i, '') })),
  );
  if (found.length > 0 || text.length > 200) return found;
  const spelled = dictated.exec(text);
  if (spelled === null) return [];
  const [whole, local = '', domain = ''] = spelled;
  if (noMailbox.test(local)) return [];
  const address = `${inSigns(local)}@${inSigns(domain)}`;
  return accepted(field, [{ text: address, start: spelled.index, end: spelled.index + whole.length }]);
}

function inSigns(words: string): string {
  return words.replace(/ ?\(?\b(dot|underscore|dash|hyphen|plus)\b\)? ?| ?\. ?/gi, (_match, word?: string) =>
    word === undefined ? '.' : (dictatedSigns.get(word.toLowerCase()) ?? ''),
  );
}

const withScheme = /^[a-z][a-z0-9+.-]{1,20}:\/\/\S+$/i;
const bareDomain = /^(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?::\d{2,5})?(?:[/?#]\S*)?$/i;

/** Finds the web addresses in a text; "acme.com" stands for "https://acme.com". */
export function findWebAddresses(field: Field, text: string): FoundToken[] {
  return accepted(
    field,
    tokensOf(text).flatMap((token) => {
      if (withScheme.test(token.text)) return [token];
      return bareDomain.test(token.text) ? [{ ...token, text: `https://${token.text}` }] : [];
    }),
  );
}

const phone = /(?:\(?[+＋]|\bplus (?=[1-9])|\b00)?\(?\d[\d ().\-/\u00a0]{3,60}\d/gi;
const numericDate = /^(?:\d{1,2}([./ -])\d{1,2}\1(?:\d{4}|\d{2}(?<! \d\d))|\d{4}([./ -])\d{1,2}\2\d{1,2})$/;
/** Matches digits in another form: "192.168.1.1", "1.500.000". */
const otherNumber = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[1-9]\d{0,2}(?:\.\d{3}){2,})$/;
/** Matches hours or an alternative directly after a number: "… 9-5", "… 24/7", "…/4". */
const tail = /\s\d{1,2}\s?[-/]\s?\d{1,2}$|\/\s?\d{1,3}$/;
/** Maximum length of an international number (E.164). */
const mostDigits = 15;
const twoNumbers = /\d{6,}.*\/.*\d{6,}/;

/** Finds the phone numbers in a text. It skips dates, and two numbers with a stroke between them. */
export function findPhones(field: Field, text: string): FoundToken[] {
  return [...text.matchAll(phone)].slice(0, 20).flatMap((match): FoundToken[] => {
    const written = match[0].replace(/^plus /i, '+').replace('＋', '+');
    const compact = written.replace(/[^\d+]/g, '');
    const digits = compact.replace(/\D/g, '');
    const isTwo = twoNumbers.test(written.replace(/[^\d/]/g, ''));
    const isOther = [numericDate, otherNumber, tail].some((form) => form.test(written.trim()));
    if (isOther || digits.length > mostDigits || isTwo) return [];
    const span = { start: match.index, end: match.index + match[0].length };
    const asWritten = isBalanced(written) ? [written] : [];
    for (const spelling of [...asWritten, compact, compact.replace(/^00/, '+')]) {
      const found = accepted(field, [{ ...span, text: spelling }]);
      if (found.length > 0) return found;
    }
    return [];
  });
}

function isBalanced(text: string): boolean {
  return text.split('(').length === text.split(')').length;
}

/** Words that no code contains. Compacting "not AB 12" would hide them. */
const wordsOfAnswers =
  /\b(?:not|no|or|and|but|the|it|is|it's|my|our|except|instead|wrong|please|thanks|from|to|maybe|about|before|after|than)\b/i;

/** Finds strings of a fixed form, however they are spaced or cased. */
export function findCodes(field: Field, text: string): FoundToken[] {
  const whole = { text: text.trim(), start: 0, end: text.length };
  const asWritten = accepted(field, [whole]);
  if (asWritten.length > 0) return asWritten;
  const spellings = [
    (token: Token) => token,
    (token: Token) => ({ ...token, text: token.text.toUpperCase() }),
    (token: Token) => ({ ...token, text: token.text.toLowerCase() }),
    (token: Token) => ({ ...token, text: token.text.toUpperCase().replace(/[\s.\-/]+/g, '') }),
  ];
  const tokens = tokensOf(text).slice(0, 100);
  for (const candidates of wordsOfAnswers.test(text) ? [tokens] : [[whole], tokens]) {
    for (const spelling of spellings) {
      const found = accepted(field, candidates.map(spelling));
      if (found.length > 0) return found;
    }
  }
  return [];
}
