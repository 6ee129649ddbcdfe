import type { Json } from '../../../../workflows/definition/json.ts';
import type { Field } from '../../../domain/workflow.ts';
import { explainIssues } from '../field/explain-refusal.ts';
import type { FieldFacts, Property } from '../field/field-facts.ts';
import { listInWords, plainWords, quote } from '../field/plain-words.ts';
import { readChoiceRun } from './choice-runs.ts';
import { readChoice } from './choice.ts';
import { findNumbers } from './numbers.ts';
import { found, nearMiss, noValue, wholeOf } from './field-reading.ts';
import type { FieldReading } from './field-reading.ts';
import { unaccounted } from './whole-answer.ts';
import { isNonAnswer } from './non-answers.ts';
import { readYesNo } from './yes-no.ts';

const between = /\s*(?:[,;\n]|(?<!\p{L})and(?!\p{L}))\s*/iu;
const everything = /^(?:all(?: of (?:them|these|those))?|everything|every one|both)$/;
const nothing = /^(?:none(?: of (?:them|these|those))?|nothing|no|nope|not any|n a)$/;
const longestList = 2_000;

/** Reads several values: of a closed list by their words, texts and numbers between commas, and anything as JSON. */
export function readList(field: Field, facts: FieldFacts, text: string): FieldReading {
  if (isJson(text) || facts.itemKind === 'other') return readObject(field, facts, text);
  if (text.length > longestList) return noValue('That is too long for a list.');
  const said = plainWords(text.slice(0, longestList)).replace(
    /^(?:please|i want|we want) | (?:please|thanks)$/g,
    '',
  );
  if (nothing.test(said)) return listed(field, [], text);
  if (facts.itemKind === 'choice') return readChoices(field, facts, text, said);
  const parts = text
    .split(between)
    .map((part) => part.trim().replace(/(?<=[\p{L}\p{N}]{3})[.!]$/u, ''))
    .filter((part) => part !== '');
  const unclear = parts.find((part) => isNonAnswer(part));
  if (unclear !== undefined) return noValue(`I can't put ${quote(unclear)} on the list.`);
  return facts.itemKind === 'number' ? readNumbers(field, text, parts) : listed(field, parts, text);
}

function readChoices(field: Field, facts: FieldFacts, text: string, said: string): FieldReading {
  if (everything.test(said))
    return listed(
      field,
      facts.itemChoices.map(({ value }) => value),
      text,
    );
  const parts = text.split(between).filter((part) => part.trim() !== '');
  const chosen: string[] = [];
  for (const part of parts) {
    const run = readChoiceRun(
      facts.itemChoices.map(({ title }) => title),
      part,
    );
    if (run !== null) {
      const meant = run.flatMap((position) => facts.itemChoices[position]?.value ?? []);
      chosen.push(...meant.filter((choice) => !chosen.includes(choice)));
      continue;
    }
    const reading = readChoice(facts.itemChoices, part);
    const rest =
      reading.kind === 'one' ? unaccounted(part, reading.spans, { ...facts, kind: 'choice' }) : part;
    if (reading.kind !== 'one' || rest !== '') {
      const understood = chosen.length === 0 ? '' : ` I understood ${listInWords(titlesOf(chosen, facts))}.`;
      return nearMiss(
        `I don't know ${quote(rest)}.${understood} Please name the ones that you mean, with commas between them.`,
      );
    }
    if (!chosen.includes(reading.choice)) chosen.push(reading.choice);
  }
  return listed(field, chosen, text);
}

function titlesOf(values: readonly string[], { itemChoices }: FieldFacts): string[] {
  return values.map((value) => quote(itemChoices.find((choice) => choice.value === value)?.title ?? value));
}

function readNumbers(field: Field, text: string, parts: readonly string[]): FieldReading {
  const numbers = parts.map((part) => {
    const [number, ...more] = findNumbers(part, false);
    const isWhole = number !== undefined && more.length === 0 && unaccounted(part, [number], null) === '';
    return isWhole && !number.isAmbiguous ? number.value : null;
  });
  const wrong = parts.find((_part, index) => numbers[index] === null);
  if (wrong !== undefined)
    return nearMiss(`${quote(wrong)} is no number. Please write numbers with commas between them.`);
  return listed(field, numbers, text);
}

function listed(field: Field, value: Json, text: string): FieldReading {
  const check = field.check(value);
  return check.ok ? found(check.value, wholeOf(text)) : nearMiss(explainIssues(field, check.issues));
}

/** True if a text is meant as JSON for an object or a list. */
export function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** Reads an object or a list, written as JSON or part by part: "name: Bo, plate: XY-99". */
export function readObject(field: Field, facts: FieldFacts, text: string): FieldReading {
  const value = parse(text) ?? (facts.kind === 'object' ? readParts(facts.properties, text) : undefined);
  if (value !== undefined) return listed(field, value, text);
  return noValue(
    isJson(text)
      ? "That looks like JSON, but it isn't whole: a quote, a comma or a bracket may be missing."
      : "I can't read that.",
  );
}

const part = /^([^:=]{1,60}?)\s*[:=]\s*(\S[^]*)$/;

/** True if a text begins with the name of a part, so that no part of it belongs to another field. */
export function namesProperty(text: string, properties: readonly Property[]): boolean {
  const [first = ''] = text.slice(0, longestList).split(/[,;\n]/);
  return propertyNamed(part.exec(first.trim())?.[1] ?? '', properties) !== undefined;
}

function propertyNamed(said: string, properties: readonly Property[]): Property | undefined {
  const name = plainWords(said);
  return properties.find((property) => name !== '' && plainWords(wordsOfName(property.name)) === name);
}

function wordsOfName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2');
}

/** Reads an object whose parts are all written with their names; undefined if any part is not. */
function readParts(properties: readonly Property[], text: string): Json | undefined {
  if (text.length > longestList) return undefined;
  const values = new Map<string, Json>();
  for (const piece of text.split(/[,;\n]/)) {
    const [, name = '', said = ''] = part.exec(piece.trim()) ?? [];
    const property = propertyNamed(name, properties);
    const value = property === undefined ? undefined : readPart(property, said.trim());
    if (property === undefined || value === undefined || values.has(property.name)) return undefined;
    values.set(property.name, value);
  }
  return Object.fromEntries(values);
}

function readPart({ type }: Property, said: string): Json | undefined {
  switch (type) {
    case 'text':
      return said;
    case 'number':
      return /^-?\d{1,15}(?:\.\d{1,10})?$/.test(said) ? Number(said) : undefined;
    case 'yes-no':
      return readYesNo(said) ?? undefined;
    case 'other':
      return undefined;
  }
}

function parse(text: string): Json | undefined {
  try {
    // The cast is safe: the field's schema checks the value.
    return isJson(text) ? (JSON.parse(text) as Json) : undefined;
  } catch {
    return undefined;
  }
}
