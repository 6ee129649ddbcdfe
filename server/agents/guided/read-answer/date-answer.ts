import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../field/explain-refusal.ts';
import type { FieldFacts } from '../field/field-facts.ts';
import { listInWords, quote } from '../field/plain-words.ts';
import { formatDate } from '../field/format-value.ts';
import { findDates } from './dates.ts';
import { whyNoDate, whyTwoDates } from './found-date.ts';
import type { FoundDate } from './found-date.ts';
import { asksForStart, looksBack, otherEndSaid } from './asked-for.ts';
import type { OtherEnd } from './asked-for.ts';
import { found, nearMiss, noValue } from './field-reading.ts';
import type { FieldReading, Span } from './field-reading.ts';

export function readDateAnswer(
  field: Field,
  facts: FieldFacts,
  { text, now }: { readonly text: string; readonly now: number },
): FieldReading {
  const all = findDates(text, { now, looksBack: looksBack(facts) }).map((date) => ({
    date,
    otherEnd: otherEndSaid(text, date, facts),
  }));
  const own = all.filter(({ otherEnd }) => otherEnd === null).map(({ date }) => date);
  const ofOtherEnd = all.flatMap(({ otherEnd }) => otherEnd ?? []);
  const [first] = own;
  if (first === undefined) return noValue(whyOtherEnd(text, ofOtherEnd) ?? whyNoDate(text));
  if (first.orElse !== null) return nearMiss(whyTwoDates(first), [first.isoDate, first.orElse]);
  const others = own.filter(({ isoDate }) => isoDate !== first.isoDate);
  const isRange = others.length === 1 && others.every(({ isRangeEnd }) => isRangeEnd) && asksForStart(facts);
  if (others.length > 0 && !isRange) {
    const dates = own.map(({ isoDate }) => formatDate(isoDate));
    return nearMiss(`I found ${listInWords(dates)}: which one is it?`);
  }
  return readFoundDate(field, facts, { date: first, beside: [...own, ...ofOtherEnd] });
}

function whyOtherEnd(text: string, [first]: readonly OtherEnd[]): string | null {
  if (first === undefined) return null;
  const needed = first.which === 'end' ? 'beginning' : 'end';
  return `${quote(text)} reads like the ${first.which}, and I need the ${needed} here.`;
}

const isBirth = /\bb(?:orn|irth)\b/i;

interface DateInText {
  readonly date: FoundDate;
  /** Other parts of the text that were understood while the date was found. */
  readonly beside?: readonly Span[];
}

/** Reads a date that was found as the field's value. */
export function readFoundDate(
  field: Field,
  { kind, label, description }: FieldFacts,
  { date, beside = [] }: DateInText,
): FieldReading {
  if (kind === 'date' && !date.hasDay) return nearMiss('That is a time of day, and I need the day here.');
  if (kind === 'date-time' && date.isoDateTime === null) {
    return nearMiss(`At what time on ${formatDate(date.isoDate)}? Please say both, the day and the time.`);
  }
  if (!date.hasYear && isBirth.test(`${label} ${description ?? ''}`))
    return nearMiss('In which year? Please write the whole date, like 1984-05-03.');
  const doubt = date.doubt ?? (kind === 'date-time' ? date.doubtfulTime : null);
  if (doubt !== null) return nearMiss(doubt);
  const value = kind === 'date-time' ? (date.isoDateTime ?? '') : date.isoDate;
  const check = field.check(value);
  return check.ok ? found(check.value, date, ...beside) : nearMiss(explainRefusal(field, value));
}
