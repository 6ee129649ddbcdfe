import type { Choice } from '../../../contract/workflow-state.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf } from './field/field-facts.ts';
import type { FieldFacts } from './field/field-facts.ts';
import { formatNumber, formatValue } from './field/format-value.ts';
import { escapeMarkdown, choiceInWords } from './field/plain-words.ts';

/** An answer that the client can offer as a button. */
export interface Offer {
  readonly title: string;
  readonly value: string;
}

/** Asks for a field, in markdown, and shows the form of an answer. */
export function askField(field: Field): string {
  const facts = factsOf(field);
  const question = questionFor(facts);
  if (field.control.isLookedUp === true) {
    const hint = '(a part of the name is enough)';
    // Without numbers: other choices would stand at their places next time.
    const offered = facts.choices.map(({ title }) => `- ${escapeMarkdown(title)}`).join('\n');
    return [`${question} ${hint}`, offered].filter((part) => part !== '').join('\n\n');
  }
  if (facts.kind === 'choice') return `${question}\n\n${numberedList(facts.choices)}`;
  const hint = hintFor(field, facts);
  const asking = hint === null ? question : `${question} ${hint}`;
  return facts.itemKind === 'choice' ? `${asking}\n\n${numberedList(facts.itemChoices)}` : asking;
}

/** Explains a field to somebody who asked about it: its question again, and all that is known about its answers. */
export function explainField(field: Field): string {
  const facts = factsOf(field);
  const limits = [limitsOfText(facts), exampleFor(field, facts)].filter((part) => part !== null);
  return [`This is about **${facts.label}**.`, askField(field), limits.join(' ')]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function offersFor(field: Field): Offer[] {
  const { kind, choices } = factsOf(field);
  if (kind === 'choice') return choices.map(({ title, value }) => ({ title: choiceInWords(title), value }));
  return kind === 'yes-no' ? [...yesOrNo] : [];
}

const yesOrNo: readonly Offer[] = [
  { title: 'Yes', value: 'yes' },
  { title: 'No', value: 'no' },
];

function numberedList(choices: readonly Choice[]): string {
  return choices
    .map(({ title }, index) => `${index + 1}. ${escapeMarkdown(choiceInWords(title))}`)
    .join('\n');
}

/** Descriptions come as "the start date", "how many days …", "whether …", a whole question, or a bare title. */
function questionFor({ description, label, kind }: FieldFacts): string {
  const said = (description ?? '').trim().replace(/\.$/, '');
  if (said.endsWith('?')) return capital(said);
  if (/^whether\b/i.test(said)) return `Could you tell me ${lower(said)}?`;
  if (/^(?:how|when|which|what|who|where|why)\b/i.test(said)) return `Could you tell me ${lower(said)}?`;
  if (/^(?:the|your|a|an|our|their)\b/i.test(said))
    return `What ${kind === 'list' ? 'are' : 'is'} ${lower(said)}?`;
  const title = said === '' ? label : capital(said);
  return kind === 'yes-no' ? `${title}: yes or no?` : `Please tell me: ${lower(title)}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Lowers the first letter, except of abbreviations ("VAT number"). */
function lower(text: string): string {
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

function hintFor(field: Field, facts: FieldFacts): string | null {
  switch (facts.kind) {
    case 'yes-no':
      return '(yes or no)';
    case 'date':
      return '(a date, like 2026-12-24 or next Friday)';
    case 'date-time':
      return '(day and time in UTC, like 2026-12-24 14:30 or yesterday at 9:15)';
    case 'integer':
      return `(a whole number${rangeOf(facts)})`;
    case 'number':
      return `(a number${rangeOf(facts)})`;
    case 'web-address':
      return '(a web address, like https://example.com)';
    case 'list':
      return hintForList(field, facts);
    case 'object':
      return `(as JSON, for example ${asCode(sampleFor(facts))})`;
    case 'phone':
    case 'code':
      return exampleFor(field, facts);
    case 'choice':
    case 'email':
    case 'words':
    case 'prose':
      return null;
  }
}

function hintForList(field: Field, facts: FieldFacts): string {
  switch (facts.itemKind) {
    case 'choice':
      return field.check([]).ok
        ? '(one or several, with commas between them; “all” and “none” will do as well)'
        : '(one or several, with commas between them; “all” will do as well)';
    case 'number':
      return '(numbers, with commas between them)';
    case 'text':
      return '(several are fine, with commas between them)';
    case 'other':
    case null:
      return `(as JSON, for example ${asCode([sampleFor(facts)])})`;
  }
}

/** An example of an object that fits. */
function sampleFor({ examples, properties, kind }: FieldFacts): Json {
  const [example] = examples;
  if (example !== undefined && kind === 'object') return example;
  return Object.fromEntries(properties.map(({ name, sample }) => [name, sample]));
}

function asCode(value: Json): string {
  return `\`${JSON.stringify(value).replaceAll('`', "'")}\``;
}

function exampleFor(field: Field, { examples }: FieldFacts): string | null {
  const [example] = examples;
  return example === undefined ? null : `(for example: ${formatValue(field, example)})`;
}

function rangeOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: FieldFacts): string {
  if (minimum !== null && maximum !== null)
    return ` from ${formatNumber(minimum)} to ${formatNumber(maximum)}`;
  const limits = [
    ...(minimum === null ? [] : [`at least ${formatNumber(minimum)}`]),
    ...(exclusiveMinimum === null ? [] : [`more than ${formatNumber(exclusiveMinimum)}`]),
    ...(maximum === null ? [] : [`at most ${formatNumber(maximum)}`]),
    ...(exclusiveMaximum === null ? [] : [`less than ${formatNumber(exclusiveMaximum)}`]),
  ];
  return limits.length === 0 ? '' : `, ${limits.join(' and ')}`;
}

function limitsOfText({ kind, minLength, maxLength }: FieldFacts): string | null {
  if (kind !== 'words' && kind !== 'prose') return null;
  if (maxLength !== null) return `Up to ${maxLength} characters fit.`;
  return minLength !== null && minLength > 1 ? `I need at least ${minLength} characters.` : null;
}
