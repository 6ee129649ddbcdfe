import type { Json } from '../../../workflows/definition/json.ts';
import { jsonEquals } from '../../domain/merge-fields.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf, isFreeText } from './field/field-facts.ts';
import type { FieldKind } from './field/field-facts.ts';
import { applicableFields } from './guided-turn.ts';
import type { GuidedTurn } from './guided-turn.ts';
import { straightQuotes } from './field/plain-words.ts';
import { findChoice } from './read-answer/choice.ts';
import { findDates } from './read-answer/dates.ts';
import { asksForEnd } from './read-answer/asked-for.ts';
import { isUnitOf, numbersFor } from './read-answer/number-answer.ts';
import { readFieldAnswer } from './read-answer/read-field-answer.ts';

const mark = String.raw`(?:actually|sorry|oops|wait|correction|i meant|i mean|(?:rather|instead)(?=[,:])|make (?:it|that)|change (?:it|that) to|(?:it|that) should be|it's actually|wrong \w+)`;
// A "no" without a comma may belong to the words after it: "no small" is not small.
const amending = new RegExp(
  String.raw`^(?:(?:(?:no|nope)(?:[,.!:;–—]+\s*|\s+-+\s+|\s+(?=${mark}\b|it\b|that\b))|${mark}(?:[,.!:;–—]+\s*|\s+(?:-+\s+)?)))+`,
  'i',
);
const counter = /^(.*?)(?:,\s*|\s+)(?:and )?not (.{1,60}?)[.!]*$/i;
const ending = /\s+instead[.!]*$/i;
const longestAmendment = 300;

/** Returns the value of "no, 7 days" or "make it 7", which replaces something without saying what. */
export function readAmendment(text: string): string | null {
  if (text.length > longestAmendment) return null;
  const lead = amending.exec(straightQuotes(text))?.[0];
  const value = (lead === undefined ? '' : text.slice(lead.length)).trim().replace(ending, '');
  return value === '' ? null : value;
}

/**
 * Finds the collected field that an amendment is for, with its new value: the field before the asked one if the value
 * has its form, else the only field that the value fits. Returns null if several fields are possible, or none.
 */
export function findAmended(said: string, turn: GuidedTurn): Amended | null {
  const replaced = counter.exec(said);
  if (replaced === null) return findFitting(said, turn);
  // "8, not 6" changes the field whose value is 6 now.
  const amended = findFitting(replaced[1] ?? '', turn);
  if (amended === null) return findFitting(said, turn);
  const before = readFieldAnswer(amended.field, replaced[2] ?? '', turn.now);
  const isThere = before.kind === 'value' && jsonEquals(before.value, turn.collected[amended.field.name]);
  return isThere ? amended : null;
}

export interface Amended {
  readonly field: Field;
  readonly value: Json;
}

function findFitting(value: string, turn: GuidedTurn): Amended | null {
  const moved = findMovedDate(value, turn);
  if (moved !== null) return moved;
  const fields = applicableFields(turn.position);
  const collected = fields.filter((field) => turn.collected[field.name] !== undefined);
  const askedAt = turn.asked === null ? -1 : fields.indexOf(turn.asked);
  const previous = fields.slice(0, Math.max(askedAt, 0)).findLast((field) => collected.includes(field));
  // A date is no new name, even for a field that would accept any text as one.
  if (previous !== undefined && !(isFreeText(previous) && isOnlyDate(value, turn.now))) {
    const amended = amend(previous, value, turn.now);
    if (amended !== null && (!isFreeText(previous) || !isFreeText(turn.asked))) return amended;
  }
  const fitting = collected
    .filter((field) => !isFreeText(field))
    .flatMap((field) => amend(field, value, turn.now) ?? []);
  const byUnit = fitting.filter(({ field }) => hasUnitOf(value, field));
  for (const candidates of [byUnit, fitting]) {
    const [only, ...others] = candidates;
    if (only !== undefined && others.length === 0) return only;
  }
  return null;
}

const since = /^(?:it'?s |it is )?(?:from|since|as of|starting|beginning)\b/i;
const until = /^(?:it'?s |it is )?(?:until|till?|up to)\b/i;
const beside = /\b(?:on|from|the|onwards?|please|sorry|thanks|thank you|instead|then)\b|[^\p{L}\p{N}]/giu;

/**
 * Finds the collected date that a text like "from 30 November" or "until 18 December" moves, whatever was asked: the
 * only one that can be that end of a period. The text must hold nothing else.
 */
export function findMovedDate(text: string, turn: GuidedTurn): Amended | null {
  const isUntil = until.test(text);
  if ((!isUntil && !since.test(text)) || !isOnlyDate(text, turn.now)) return null;
  const [only, ...others] = applicableFields(turn.position)
    .filter((field) => {
      const facts = factsOf(field);
      return (
        turn.collected[field.name] !== undefined && isDateKind(facts.kind) && (!isUntil || asksForEnd(facts))
      );
    })
    .flatMap((field) => amend(field, text, turn.now) ?? []);
  return only === undefined || others.length > 0 ? null : only;
}

function isOnlyDate(text: string, now: number): boolean {
  const lead = (since.exec(text) ?? until.exec(text))?.[0] ?? '';
  const [date, ...more] = findDates(text, { now, looksBack: false });
  if (date === undefined || more.length > 0) return false;
  const aside = text.slice(lead.length, Math.max(lead.length, date.start)) + text.slice(date.end);
  return aside.replace(beside, '') === '';
}

function isDateKind(kind: FieldKind): boolean {
  return kind === 'date' || kind === 'date-time';
}

function amend(field: Field, text: string, now: number): Amended | null {
  const { kind, choices } = factsOf(field);
  // A near match of a choice, or a yes, is not enough to change a field that was not asked about.
  if (kind === 'yes-no' || (kind === 'choice' && findChoice(choices, text).kind !== 'one')) return null;
  const reading = readFieldAnswer(field, text, now);
  return reading.kind === 'value' ? { field, value: reading.value } : null;
}

function hasUnitOf(text: string, field: Field): boolean {
  const { label } = factsOf(field);
  return numbersFor(factsOf(field), text).some(({ unit }) => unit !== null && isUnitOf(unit, label));
}
