import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf } from './field-facts.ts';
import type { FieldFacts } from './field-facts.ts';
import { formatNumber } from './format-value.ts';
import { quote } from './plain-words.ts';

// zod's own words for what the schema's keywords say are written for programmers.
const wordsForProgrammers = /^(?:Invalid|Too (?:big|small)|Expected|Unrecognized|Required)\b/;

/** Why a field refuses a value, as a sentence in people's words. */
export function explainRefusal(field: Field, value: Json): string {
  const facts = factsOf(field);
  const checked = field.check(value);
  const own = checked.ok ? undefined : checked.issues.find((issue) => !wordsForProgrammers.test(issue));
  if (own !== undefined) return /[.!?]$/.test(own) ? own : `${own}.`;
  if (typeof value === 'number') return explainNumber(facts, value);
  if (typeof value === 'string') return explainText(facts, value);
  return "That doesn't fit here.";
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
