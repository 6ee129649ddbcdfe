import { z } from 'zod';
import type { Json } from '../../../workflows/definition/json.ts';
import { isJsonObject, ownProperty } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { ownFlag, ownNumber, ownText } from './card-node.ts';
import type { CardNode } from './card-node.ts';
import type { CardPatterns } from './patterns.ts';
import type { CardInput } from './submit-actions.ts';

/** The bounds on the work of judging the value of one input. */
interface Effort {
  /** Steps of its regular expression, or of the ways to read a list of its choices. */
  readonly mostSteps: number;
  readonly patterns: CardPatterns;
}

/**
 * Returns the fault of an input's value in words for the person who submits it; null when it fits. Renderers submit
 * every value as a text, and leave an empty one out (`SubmitActionBase` in adaptivecards 3.0.6).
 */
export function inputIssue(input: CardInput, value: Json | undefined, effort: Effort): string | null {
  const { node, isReplaceable } = input;
  const type = ownText(node, 'type') ?? '';
  if (value === undefined || value === '') {
    // A switch may be on for the empty text.
    const isMissing = value === undefined || ownProperty(node, 'valueOn') !== value;
    const isRequired = ownFlag(node, 'isRequired') && !isReplaceable && firstInputs.has(type);
    return isMissing && isRequired ? 'is required' : null;
  }
  switch (type) {
    case 'Input.Text':
      return textIssue(node, value, effort);
    case 'Input.Number':
      return numberIssue(value, { min: ownNumber(node, 'min'), max: ownNumber(node, 'max') });
    case 'Input.Rating':
      return numberIssue(value, { min: 0, max: ownNumber(node, 'max') ?? usualStars });
    case 'Input.Date':
      return dateIssue(node, value);
    case 'Input.Time':
      return timeIssue(node, value);
    case 'Input.Toggle':
      return toggleIssue(node, value);
    case 'Input.ChoiceSet':
      return choiceIssue(node, value, effort.mostSteps);
    default:
      return isShort(value) ? null : `must be a text of at most ${limits.textChars} characters`;
  }
}

/** Stars of a rating that does not say how many. */
const usualStars = 5;

/** A renderer leaves out inputs of a type it doesn't know, required or not; these are known since the first version. */
const firstInputs: ReadonlySet<string> = new Set([
  'Input.Text',
  'Input.Number',
  'Input.Date',
  'Input.Time',
  'Input.Toggle',
  'Input.ChoiceSet',
]);

function isShort(value: Json): boolean {
  return typeof value === 'string' ? value.length <= limits.textChars : typeof value !== 'object';
}

function textIssue(input: CardNode, value: Json, { mostSteps, patterns }: Effort): string | null {
  if (typeof value !== 'string') return 'must be a text';
  const maxLength = ownNumber(input, 'maxLength') ?? 0;
  // A browser bounds typed text, not the card's own initial value.
  if (maxLength > 0 && value.length > maxLength && value !== ownProperty(input, 'value')) {
    return `must be at most ${maxLength} characters`;
  }
  const regex = ownText(input, 'regex');
  return regex === null || patterns.fits(value, regex, mostSteps)
    ? null
    : 'must have the form that the card asks for';
}

interface InputBounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** Longer than any number that a renderer writes. */
const numberChars = 40;

function numberIssue(value: Json, { min, max }: InputBounds): string | null {
  const number = readNumber(value);
  if (number === null) return 'must be a number';
  if (min !== null && number < min) return `must be at least ${min}`;
  if (max !== null && number > max) return `must be at most ${max}`;
  return null;
}

function readNumber(value: Json): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > numberChars) return null;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? finite(Number(value)) : null;
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}

const date = z.iso.date();
/** Without an offset, and with seconds where the browser shows them. */
const time = z.iso.time();
/** Longer than any time that a renderer writes: fractions of a second have no end of their own. */
const timeChars = 40;

function dateIssue(input: CardNode, value: Json): string | null {
  const given = date.safeParse(value);
  if (!given.success) return 'must be a date, as in 2026-01-31';
  // A bound may be a whole timestamp, of which renderers take the moment.
  const moment = Date.parse(given.data);
  const min = ownText(input, 'min');
  const max = ownText(input, 'max');
  if (min !== null && moment < Date.parse(min))
    return 'must not be before the first date that the card allows';
  if (max !== null && moment > Date.parse(max)) return 'must not be after the last date that the card allows';
  return null;
}

function timeIssue(input: CardNode, value: Json): string | null {
  const given = time.safeParse(typeof value === 'string' && value.length > timeChars ? null : value);
  if (!given.success) return 'must be a time, as in 09:30';
  const min = timeOf(input, 'min');
  const max = timeOf(input, 'max');
  if (min !== null && given.data < min) return `must not be before ${min}`;
  if (max !== null && given.data > max) return `must not be after ${max}`;
  return null;
}

/** Renderers leave out a bound that is no time. */
function timeOf(input: CardNode, key: string): string | null {
  const bound = ownText(input, key);
  return bound !== null && /^\d{2}:\d{2}$/.test(bound) ? bound : null;
}

function toggleIssue(input: CardNode, value: Json): string | null {
  const given = textOf(value);
  const on = spellings(input, 'valueOn', 'true');
  if (given !== null && on.includes(given)) return null;
  const off = spellings(input, 'valueOff', 'false');
  if (given === null || !off.includes(given)) return "must be one of the switch's two values";
  return ownFlag(input, 'isRequired') ? 'must be switched on' : null;
}

/** Returns the declared text; without one, renderers take the declared value as a text, or the usual text. */
function spellings(input: CardNode, key: string, usual: string): string[] {
  const declared = ownProperty(input, key);
  if (typeof declared === 'string' && declared !== '') return [declared];
  return [usual, ...(declared === undefined ? [] : [textOf(declared) ?? usual])];
}

/** @param mostSteps bounds the work of reading a list of choices; a list that needs more is refused */
function choiceIssue(input: CardNode, value: Json, mostSteps: number): string | null {
  const given = textOf(value);
  if (given === null || given.length > limits.textChars) {
    return `must be a text of at most ${limits.textChars} characters`;
  }
  // These choices are looked up elsewhere while a person types: the card doesn't hold them.
  if (isJsonObject(ownProperty(input, 'choices.data'))) return null;
  const choices = choicesOf(input);
  if (!ownFlag(input, 'isMultiSelect')) {
    return choices.has(given) ? null : "must be one of the card's choices";
  }
  return isList(given, choices, mostSteps) ? null : "must be some of the card's choices, separated by commas";
}

function choicesOf(input: CardNode): ReadonlySet<string> {
  const choices = ownProperty(input, 'choices');
  if (!Array.isArray(choices)) return new Set();
  return new Set(
    choices.flatMap((choice) =>
      isJsonObject(choice) ? (textOf(ownProperty(choice, 'value') ?? null) ?? []) : [],
    ),
  );
}

/** Cost of one look into the choices, in steps of a regular expression. */
const stepsToLook = 10;

/**
 * Returns whether a text is nothing but choices with commas between; a choice may hold commas itself. Where choices
 * differ much in how many they hold there are many ways to read a text; one that would take too long to read is taken
 * for no list, so that nothing gets through that the card did not offer.
 */
function isList(text: string, choices: ReadonlySet<string>, mostSteps: number): boolean {
  const ends = [...Array.from(text.matchAll(/,/g), ({ index }) => index), text.length];
  const lengths = new Set(Array.from(choices, commaPartsOf));
  // Numbers of parts after which a choice may begin. An iteration over a set includes values that are added meanwhile.
  const beginnings = new Set([0]);
  let steps = 0;
  for (const parts of beginnings) {
    const start = parts === 0 ? 0 : (ends[parts - 1] ?? text.length) + 1;
    for (const length of lengths) {
      const end = ends[parts + length - 1] ?? null;
      steps += stepsToLook + (end === null ? 0 : end - start);
      if (steps > mostSteps) return false;
      if (end === null || !choices.has(text.slice(start, end))) continue;
      if (end === text.length) return true;
      beginnings.add(parts + length);
    }
  }
  return false;
}

/** Returns the number of parts that the commas in a choice make of it. */
function commaPartsOf(choice: string): number {
  return choice.split(',').length;
}

/** Returns a value as renderers submit it; null for a list or an object. */
function textOf(value: Json): string | null {
  return typeof value === 'object' ? null : String(value);
}
