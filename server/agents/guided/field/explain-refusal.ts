import type { Json } from '../../../../workflows/definition/json.ts';
import type { Field } from '../../../domain/workflow.ts';
import { factsOf } from './field-facts.ts';
import type { FieldFacts } from './field-facts.ts';
import { formatNumber } from './format-value.ts';
import { escapeMarkdown, quote } from './plain-words.ts';

// zod writes its own messages for programmers.
const wordsForProgrammers = /^(?:Invalid|Too (?:big|small)|Expected|Unrecognized|Required)\b/;

/** Explains why a field refuses a value, in one plain sentence. */
export function explainRefusal(field: Field, value: Json): string {
  const facts = factsOf(field);
  const checked = field.check(value);
  const own = checked.ok ? undefined : checked.issues.find((issue) => !wordsForProgrammers.test(issue));
  if (own !== undefined) return /[.!?]$/.test(own) ? own : `${own}.`;
  if (typeof value === 'number') return explainNumber(facts, value);
  if (typeof value === 'string') return explainText(facts, value);
  return checked.ok ? "That doesn't fit here." : explainIssues(field, checked.issues);
}

const mostIssues = 3;

/** Explains the faults of a list or an object, part by part: "In item 1, value has to be a number." */
export function explainIssues(field: Field, issues: readonly string[]): string {
  const { kind } = factsOf(field);
  const said = issues.slice(0, mostIssues).map((issue) => explainIssue(issue, kind === 'list'));
  const more = issues.length - said.length;
  return [...new Set(said), ...(more > 0 ? [`There are ${more} more such faults.`] : [])].join(' ');
}

const typeNames = new Map([
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
]);

function explainIssue(issue: string, isOfList: boolean): string {
  const [, path = '', message = ''] = /^((?:[\w$-]+(?:\.[\w$-]+)*): )?([^]*)$/.exec(issue) ?? [];
  const [first = '', ...rest] = path.replace(/: $/, '').split('.');
  const isItem = isOfList && /^\d+$/.test(first);
  const part = (isItem ? rest : [first, ...rest]).filter((name) => name !== '').join(' ');
  const what = part === '' ? 'it' : part;
  const sentence = `${isItem ? `in item ${Number(first) + 1}, ` : ''}${what} ${inWords(message)}`;
  return `${sentence.charAt(0).toUpperCase()}${escapeMarkdown(sentence.slice(1))}.`;
}

/** Rewords zod's message for people who don't write code. */
function inWords(message: string): string {
  const [, expected = '', received = ''] =
    /^Invalid input: expected (\w+), received (\w+)/.exec(message) ?? [];
  if (expected !== '') {
    return received === 'undefined' ? 'is missing' : `has to be ${typeNames.get(expected) ?? expected}`;
  }
  const options = /^Invalid option: expected one of (.*)$/.exec(message)?.[1];
  if (options !== undefined) return `has to be one of ${options.replaceAll('"', '').split('|').join(', ')}`;
  const [, least] = /^Too small: expected \w+ to have >=(\d+) items/.exec(message) ?? [];
  if (least !== undefined) return `needs at least ${least}`;
  const [, most] = /^Too big: expected \w+ to have <=(\d+) items/.exec(message) ?? [];
  if (most !== undefined) return `takes at most ${most}`;
  return `doesn't fit (${message.replace(/\.$/, '')})`;
}

function explainNumber(facts: FieldFacts, value: number): string {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } = facts;
  if (facts.kind === 'integer' && !Number.isInteger(value)) {
    return `It has to be a whole number, and ${formatNumber(value)} is not.`;
  }
  if (minimum !== null && value < minimum)
    return `${formatNumber(value)} is too low: the lowest is ${formatNumber(minimum)}.`;
  if (exclusiveMinimum !== null && value <= exclusiveMinimum)
    return `It has to be more than ${formatNumber(exclusiveMinimum)}.`;
  if (maximum !== null && value > maximum)
    return `${formatNumber(value)} is too high: the highest is ${formatNumber(maximum)}.`;
  if (exclusiveMaximum !== null && value >= exclusiveMaximum)
    return `It has to be less than ${formatNumber(exclusiveMaximum)}.`;
  if (multipleOf !== null) return `It has to be a multiple of ${formatNumber(multipleOf)}.`;
  return `${formatNumber(value)} doesn't fit here.`;
}

function explainText({ minLength, maxLength }: FieldFacts, value: string): string {
  if (minLength !== null && value.length < minLength) {
    return `That is too short: I need at least ${minLength} characters.`;
  }
  if (maxLength !== null && value.length > maxLength) {
    return `That is too long: it has ${value.length} characters, and ${maxLength} fit.`;
  }
  return `${quote(value)} doesn't fit here.`;
}
