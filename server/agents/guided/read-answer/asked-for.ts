import type { FieldFacts } from '../field/field-facts.ts';
import { plainWords } from '../field/plain-words.ts';
import type { Span } from './field-reading.ts';

type Described = Pick<FieldFacts, 'label' | 'description'>;

const timeUnit = /^(second|minute|hour|day|week|fortnight|month|year|quarter)s?$/;
const estimate =
  /\b(?:roughly|about|around|approximate(?:ly)?|estimated?|expected|average|typical(?:ly)?)\b/i;
const money =
  /[€$£]|\b(?:eur|euros?|usd|dollars?|gbp|pounds?|money|price|cost|costs|budget|spend|salary|fee|amount|revenue)\b/i;

/** Returns the units of time that a text names, in the singular. */
export function timeUnitsOf(text: string): string[] {
  return plainWords(text)
    .split(' ')
    .flatMap((word) => timeUnit.exec(word)?.[1] ?? []);
}

/** True if a field asks for an estimate, so that "about 1,500" is a full answer. */
export function estimates({ label, description }: Described): boolean {
  return estimate.test(`${label} ${description ?? ''}`);
}

/** True if a field asks for an amount of money, so that "10.000" does not mean ten. */
export function asksForMoney({ label, description }: Described): boolean {
  return money.test(`${label} ${description ?? ''}`);
}

const untilBefore = /\b(?:un)?til{1,2}\s+(?:the\s+)?$|\b(?:up to|through|thru)\s+(?:the\s+)?$/i;
const sinceBefore = /\b(?:from|since|as of|(?:starting|beginning)(?: on| from)?)\s+(?:the\s+)?$/i;
const ofStart = /\b(?:first|start(?:s|ed|ing)?|beg[iau]n(?:s|ning)?|from|since|opens?|opening)\b/i;
const ofEnd =
  /\b(?:last|end(?:s|ed|ing)?|finish(?:es|ed)?|until|till|return(?:s|ing)?|due|deadline|expir(?:y|es?)|clos(?:es|ing))\b/i;
const pastTense =
  /\b(?:started|began|happened|occurred|noticed|detected|seen|founded|born|birth|incorporated|registered|issued|paid|bought|was|were|did|since)\b/i;

type AskedField = Pick<FieldFacts, 'label' | 'description'>;

/** True if a field asks for the date that ends a period. */
export function asksForEnd({ label, description }: AskedField): boolean {
  const asked = `${label} ${description ?? ''}`;
  return ofEnd.test(asked) && !ofStart.test(asked);
}

/** True if a field asks for the date that begins a period. */
export function asksForStart({ label, description }: AskedField): boolean {
  const asked = `${label} ${description ?? ''}`;
  return ofStart.test(asked) && !ofEnd.test(asked);
}

/** True if a field asks for something in the past. */
export function looksBack({ label, description }: AskedField): boolean {
  return pastTense.test(`${label} ${description ?? ''}`);
}

export interface OtherEnd extends Span {
  readonly end: number;
  readonly which: 'beginning' | 'end';
}

/**
 * Finds the end of a period that a text gives a date as, if the field asks for the other end: "until Friday" for a
 * first day. Returns null if nothing contradicts the date.
 */
export function otherEndSaid(text: string, { start, end }: Span, asked: AskedField): OtherEnd | null {
  const from = Math.max(0, start - 30);
  const before = text.slice(from, start);
  const until = untilBefore.exec(before);
  if (asksForStart(asked) && until !== null) return { start: from + until.index, end, which: 'end' };
  const since = asksForEnd(asked) ? sinceBefore.exec(before) : null;
  return since === null ? null : { start: from + since.index, end, which: 'beginning' };
}
