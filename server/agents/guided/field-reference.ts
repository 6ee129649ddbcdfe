import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf } from './field/field-facts.ts';
import type { FieldKind } from './field/field-facts.ts';
import { applicableFields } from './guided-turn.ts';
import type { GuidedTurn } from './guided-turn.ts';
import { plainWords } from './field/plain-words.ts';

/** Words that people use for a field of each kind, whatever its label is. */
const wordsOfKind: Partial<Record<FieldKind, string>> = {
  email: 'email address',
  phone: 'phone number',
  'web-address': 'web website site url link page address',
  date: 'date day',
  'date-time': 'date time',
  integer: 'number amount count',
  number: 'number amount',
};

/** Words that people use for the same part of a field's name. */
const synonyms = new Map([
  ['first', 'start'],
  ['begin', 'start'],
  ['beginning', 'start'],
  ['starting', 'start'],
  ['finish', 'end'],
  ['ending', 'end'],
  ['last', 'end'],
  ['mail', 'email'],
  ['telephone', 'phone'],
  ['mobile', 'phone'],
  ['cell', 'phone'],
]);

const idle = new Set(
  (
    'a an the my our your his her their its this that it they we i you me us of for to on in at is are was be ' +
    'as so if can will has have how many much when where do does did field value answer there here what which who and or not no yes from with'
  ).split(' '),
);

/**
 * Finds the field that a phrase like "the start date" or "email" refers to; null if there is none, or if several are
 * possible. A field's own name and label come before its kind and its description.
 */
export function resolveField(phrase: string, turn: GuidedTurn): Field | null {
  return resolve(phrase, turn, 3);
}

/**
 * Finds a field as `resolveField` does, without descriptions: for phrases with no connecting word between the field and
 * its value, which are weaker evidence.
 */
export function resolveByLabel(phrase: string, turn: GuidedTurn): Field | null {
  return resolve(phrase, turn, 2);
}

function resolve(phrase: string, turn: GuidedTurn, reach: 2 | 3): Field | null {
  const words = tellingWords(phrase);
  if (words.length === 0 || words.length > 8) return null;
  const fields = applicableFields(turn.position);
  const tiers: ((field: Field) => boolean)[] = [
    (field) => isSame(words, tellingWords(labelOf(field))) || isSame(words, nameWords(field)),
    (field) => isPart(words, [...tellingWords(labelOf(field)), ...nameWords(field), ...kindWords(field)]),
    (field) =>
      isPart(words, [
        ...tellingWords(`${labelOf(field)} ${factsOf(field).description ?? ''}`),
        ...nameWords(field),
        ...kindWords(field),
      ]),
  ];
  for (const fits of tiers.slice(0, reach)) {
    const candidates = fields.filter(fits);
    if (candidates.length > 0) return theOne(candidates, turn);
  }
  return null;
}

/** True if a phrase is the label or name of a field, and nothing else. */
export function isLabelOf(phrase: string, field: Field): boolean {
  const words = tellingWords(phrase);
  const label = labelOf(field);
  return (
    [label, label.replace(/\(.*?\)/g, '')].some((name) => isSame(words, tellingWords(name))) ||
    isSame(words, nameWords(field))
  );
}

function theOne(candidates: readonly Field[], { asked, position, collected }: GuidedTurn): Field | null {
  const narrowings: ((field: Field) => boolean)[] = [
    () => true,
    (field) => field === asked,
    (field) => field.stepId === position.current.id,
    (field) => collected[field.name] !== undefined,
  ];
  for (const narrowing of narrowings) {
    const [only, ...others] = candidates.filter(narrowing);
    if (only !== undefined && others.length === 0) return only;
  }
  return null;
}

function tellingWords(text: string): string[] {
  return plainWords(
    text
      .slice(0, 300)
      .replace(/e-mail/gi, 'email')
      .replace(/'s\b/g, ''),
  )
    .split(' ')
    .filter((word) => word !== '' && !idle.has(word))
    .map((word) => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word))
    .map((word) => synonyms.get(word) ?? word);
}

function nameWords(field: Field): string[] {
  return tellingWords(field.name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/_/g, ' '));
}

function kindWords(field: Field): string[] {
  return tellingWords(wordsOfKind[factsOf(field).kind] ?? '');
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length > 0 && left.length === right.length && left.every((word) => right.includes(word));
}

function isPart(words: readonly string[], whole: readonly string[]): boolean {
  return words.every((word) => whole.includes(word));
}
