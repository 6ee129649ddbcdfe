import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../explain-refusal.ts';
import type { FieldFacts } from '../field-facts.ts';
import { plainWords, quote } from '../plain-words.ts';
import { findNumbers } from './numbers.ts';
import { nearMiss, notFound } from './reading.ts';
import type { Reading } from './reading.ts';

const nothing = /^(?:none|nobody|no one|nothing|zero|not any|no users?|free)$/;
const timeUnit = /^(second|minute|hour|day|week|month|year|quarter)s?$/;

/** Reads one number as a field's answer; asks back rather than guess between two, or convert weeks to days. */
export function readNumberAnswer(field: Field, facts: FieldFacts, text: string): Reading {
  const found = findNumbers(text, facts.kind === 'integer');
  const ofOwnUnit = found.filter(({ unit }) => unit !== null && isUnitOf(unit, facts.label));
  const first = ofOwnUnit.length === 1 ? ofOwnUnit[0] : found[0];
  if (first === undefined) {
    const zero = field.check(0);
    if (nothing.test(plainWords(text)) && zero.ok) {
      return { kind: 'value', value: zero.value, span: { start: 0, end: text.length } };
    }
    return notFound(`I couldn't find a number in ${quote(text)}.`);
  }
  const otherUnit = foreignUnit(first.unit, facts);
  if (otherUnit !== null) return nearMiss(`I need that in ${otherUnit}.`);
  if (ofOwnUnit.length !== 1 && found.some(({ value }) => value !== first.value)) {
    return nearMiss('I found more than one number in that: which one is it?');
  }
  const check = field.check(first.value);
  return check.ok
    ? { kind: 'value', value: check.value, span: first }
    : nearMiss(explainRefusal(field, first.value));
}

/** Whether the word behind a number is one of the label's: "days" for "Working days". */
export function isUnitOf(unit: string, label: string): boolean {
  const stem = unit.replace(/s$/, '');
  return (
    stem.length >= 3 &&
    plainWords(label)
      .split(' ')
      .some((word) => word.replace(/s$/, '') === stem)
  );
}

/** The unit that the field counts in, when the answer came in another: "two weeks" for a number of days. */
function foreignUnit(unit: string | null, { label, description }: FieldFacts): string | null {
  if (unit === null || !timeUnit.test(unit)) return null;
  const own = unitsIn(`${label} ${description ?? ''}`);
  return own.length === 0 || own.includes(unit.replace(/s$/, '')) ? null : `${own[0] ?? ''}s`;
}

function unitsIn(text: string): string[] {
  return plainWords(text)
    .split(' ')
    .flatMap((word) => timeUnit.exec(word)?.[1] ?? []);
}
