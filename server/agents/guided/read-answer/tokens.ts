import type { Field } from '../../../domain/workflow.ts';
import type { Span } from './reading.ts';

export interface FoundToken extends Span {
  readonly value: string;
}

interface Token extends Span {
  readonly text: string;
}

const wrapping = /^[<>()[\]{}"'“”‘’,;:!?]+|[<>()[\]{}"'“”‘’,;:!?.]+$/g;

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[^\s,;|]+/g)].flatMap((match): Token[] => {
    const bare = match[0].replace(wrapping, '');
    if (bare === '') return [];
    const start = match.index + match[0].indexOf(bare);
    return [{ text: bare, start, end: start + bare.length }];
  });
}

/** The different values that the field accepts among what the readers make of the text's tokens. */
function accepted(field: Field, candidates: readonly Token[]): FoundToken[] {
  const found = new Map<string, FoundToken>();
  for (const { text, start, end } of candidates) {
    const checked = field.check(text);
    if (!checked.ok || typeof checked.value !== 'string' || found.has(checked.value)) continue;
    found.set(checked.value, { value: checked.value, start, end });
  }
  return [...found.values()];
}

export function findEmails(field: Field, text: string): FoundToken[] {
  const found = accepted(
    field,
    tokensOf(text)
      .filter((token) => token.text.includes('@'))
      .map((token) => ({ ...token, text: token.text.replace(/^mailto:/i, '') })),
  );
  if (found.length > 0 || text.length > 200) return found;
  const spelled =
    /([\w.+-]{1,64}) (?:at|\(at\)|@) ([\w-]{1,63}(?: ?(?:dot|\(dot\)|\.) ?[\w-]{1,63}){1,4})/i.exec(text);
  if (spelled === null) return [];
  const [whole, local = '', domain = ''] = spelled;
  const address = `${local}@${domain.replace(/ ?(?:dot|\(dot\)|\.) ?/gi, '.')}`;
  return accepted(field, [{ text: address, start: spelled.index, end: spelled.index + whole.length }]);
}

const withScheme = /^[a-z][a-z0-9+.-]{1,20}:\/\/\S+$/i;
const bareDomain = /^(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?::\d{2,5})?(?:[/?#]\S*)?$/i;

/** Web addresses; "acme.com" stands for "https://acme.com". */
export function findWebAddresses(field: Field, text: string): FoundToken[] {
  return accepted(
    field,
    tokensOf(text).flatMap((token) => {
      if (withScheme.test(token.text)) return [token];
      return bareDomain.test(token.text) ? [{ ...token, text: `https://${token.text}` }] : [];
    }),
  );
}

const phone = /(?:\+|\b00)?\(?\d[\d ().\-/\u00a0]{3,28}\d/g;

export function findPhones(field: Field, text: string): FoundToken[] {
  for (const match of [...text.matchAll(phone)].slice(0, 20)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const compact = match[0].replace(/[^\d+]/g, '');
    for (const spelling of [match[0], compact, compact.replace(/^00/, '+')]) {
      const found = accepted(field, [{ ...span, text: spelling }]);
      if (found.length > 0) return found;
    }
  }
  return [];
}

/** Strings of a fixed form, however they were spaced or cased. */
export function findCodes(field: Field, text: string): FoundToken[] {
  const whole = { text: text.trim(), start: 0, end: text.length };
  const spellings = [
    (token: Token) => token,
    (token: Token) => ({ ...token, text: token.text.toUpperCase() }),
    (token: Token) => ({ ...token, text: token.text.toLowerCase() }),
    (token: Token) => ({ ...token, text: token.text.toUpperCase().replace(/[\s.\-/]+/g, '') }),
  ];
  const tokens = tokensOf(text).slice(0, 100);
  for (const candidates of [[whole], tokens]) {
    for (const spelling of spellings) {
      const found = accepted(field, candidates.map(spelling));
      if (found.length > 0) return found;
    }
  }
  return [];
}
