import type { Field } from '../../../domain/workflow.ts';
import type { FieldFacts } from '../field/field-facts.ts';
import { formatValue } from '../field/format-value.ts';
import { escapeMarkdown, quote, straightQuotes } from '../field/plain-words.ts';
import { fillerFor, longestPhrase } from './filler.ts';
import type { Filler } from './filler.ts';
import { nearMiss, withoutSpans } from './field-reading.ts';
import type { FieldReading, Span } from './field-reading.ts';

/**
 * Applies the one rule of the guided agent: a reading counts only if the whole answer is accounted for, by the values
 * found in it, by the field's own words, or by the closed list of filler (filler.ts). Other words may reverse the value
 * ("anything but …", "… or …", "before …"), so the agent asks back and stores nothing of the answer
 * (docs/decisions/0049). The readers only have to mark the words that they understood.
 */
export function acceptWhole(
  field: Field,
  facts: FieldFacts,
  text: string,
  reading: FieldReading,
): FieldReading {
  if (reading.kind === 'refused') return reading;
  const rest = unaccounted(text, reading.spans, facts);
  if (rest === '') return reading;
  return nearMiss(
    `I understood ${formatValue(field, reading.value)}, but not ${quote(rest)}. ${howToSay(facts)}`,
    suggestionsFor(facts, reading, rest),
  );
}

const negating =
  /(?:^| )(?:no|not|never|nor|neither|none|without|except|but|unless|outside|\S+n't|cannot)(?: |$)/;

/** True if the words negate the value, so that it must not be offered. */
function turnsRound(rest: string): boolean {
  return negating.test(rest);
}

function suggestionsFor(
  facts: FieldFacts,
  { value }: Extract<FieldReading, { kind: 'value' }>,
  rest: string,
): readonly string[] {
  if (facts.kind === 'choice') return facts.choices.map((choice) => choice.value);
  if (facts.kind === 'yes-no') return [];
  return (typeof value === 'string' || typeof value === 'number') && !turnsRound(rest) ? [String(value)] : [];
}

/** Tells the person how to answer with nothing left over. */
function howToSay({ kind }: FieldFacts): string {
  switch (kind) {
    case 'yes-no':
      return 'Please answer with yes or no only.';
    case 'choice':
      return 'Please name just the one that you mean.';
    case 'integer':
    case 'number':
      return 'Please give the number alone, in digits.';
    case 'date':
      return 'Please give the day alone, like 2026-12-24.';
    case 'date-time':
      return 'Please give the day and the time alone, like 2026-12-24 14:30.';
    case 'email':
    case 'web-address':
    case 'phone':
    case 'code':
    case 'list':
    case 'object':
    case 'words':
    case 'prose':
      return 'Please write it alone, with nothing else.';
  }
}

// A short answer has no more characters than this; the bound limits the time to look through it.
const longestAnswer = 1_000;
const value = '\ue000';
/** Signs that say nothing about a value. Any other sign counts as a word: "5+" is not 5, and neither is ">5". */
const harmless = /[\s.,;:!?¡¿"()[\]{}…–—_*`|-]+/;
const harmlessPictures = /👍|👌|🙂|😊|😀|😃|😄|😉|🙏|✅|🎉|\u{fe0f}|[\u{1f3fb}-\u{1f3ff}]/gu;
const leadingCorrection =
  /^\s*(?:(?:oh|fine|good|great|perfect)\b[,.!;:…–—]+\s*)?(?:(?:no|nope|nah)(?:\s*[,.;:!…–—]+|\s+-+\s|(?=\s+(?:wait|sorry|i meant?|make it|it should|it's actually|actually)\b))\s*)?(?:(?:wait|sorry|oops|correction|i meant?|rather(?=,))\b[\s,.;:!–—-]*)*/i;

/** Returns the words of a text that neither the spans nor the field nor filler account for; empty if there are none. */
export function unaccounted(text: string, spans: readonly Span[], facts: FieldFacts | null): string {
  return unaccountedBy(text, spans, facts === null ? [] : [facts]);
}

/** Returns the unaccounted words of a text that holds the values of several fields. */
export function unaccountedBy(text: string, spans: readonly Span[], all: readonly FieldFacts[]): string {
  const blanked = straightQuotes(withoutSpans(text.slice(0, longestAnswer), inside(spans), value));
  const lead = leadingCorrection.exec(blanked)?.[0].length ?? 0;
  const fillers = all.map(fillerFor);
  const left: string[] = [];
  const words = accountedWords(blanked.slice(lead));
  for (let index = 0; index < words.length;) {
    const word = words[index] ?? '';
    const length = word.startsWith(value) ? 1 : fillerAt(words, index, fillers);
    if (length === 0) left.push(word);
    index += Math.max(length, 1);
  }
  const isCut = text.length > longestAnswer && !spans.some(({ end }) => end >= text.length);
  if (isCut) left.push(escapeMarkdown(text.slice(longestAnswer, longestAnswer + 40)));
  return left.join(' ');
}

function inside(spans: readonly Span[]): Span[] {
  return spans.map(({ start, end }) => ({ start, end: Math.min(end, longestAnswer) }));
}

function accountedWords(text: string): string[] {
  return (
    text
      .replace(harmlessPictures, ' ')
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      // "1,500-" is negative, or unfinished.
      .replace(/(?<=\ue000\s?)[-−](?=\s*$)/, ' minus ')
      .replace(/\ue000+/g, ` ${value} `)
      .replace(/[^\p{L}\p{N}'\s.,;:!?¡¿"()[\]{}…–—_*`|\ue000-]/gu, ' $& ')
      .split(harmless)
      .map((word) => word.replace(/^'+|'+$/g, ''))
      .filter((word) => word !== '')
  );
}

/** The number of words from here that form one phrase of filler; 0 if there is none. */
function fillerAt(words: readonly string[], from: number, fillers: readonly Filler[]): number {
  if (words[from] === 'instead' && words[from + 1] === 'of') return 0;
  for (let length = Math.min(longestPhrase, words.length - from); length > 0; length -= 1) {
    const phrase = words.slice(from, from + length).join(' ');
    if (fillers.some((filler) => filler.phrases.has(phrase))) return length;
  }
  const word = words[from] ?? '';
  return fillers.some((filler) => filler.words.has(word)) ? 1 : 0;
}
