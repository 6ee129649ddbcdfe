import type { Json } from '../../workflows/definition/json.ts';
import { labelOf } from '../../server/domain/summary.ts';
import type { Field } from '../../server/domain/workflow.ts';
import { factsOf } from '../../server/agents/guided/field/field-facts.ts';
import { readFieldAnswer } from '../../server/agents/guided/read-answer/read-field-answer.ts';

/** Builds an Adaptive Card that asks for all these fields at once. */
export function fieldsCard(fields: readonly Field[]): object {
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    body: fields.map(inputFor),
    actions: [{ type: 'Action.Submit', id: 'send', title: 'Send' }],
  };
}

function inputFor(field: Field): object {
  const { kind, choices, description } = factsOf(field);
  const shared = { id: field.name, label: description ?? labelOf(field), isRequired: true };
  const errorMessage = `${labelOf(field)} is needed.`;
  switch (kind) {
    case 'yes-no':
      return { type: 'Input.Toggle', id: field.name, title: shared.label, value: 'false' };
    case 'choice':
      return {
        type: 'Input.ChoiceSet',
        ...shared,
        errorMessage,
        choices: choices.map(({ title, value }) => ({ title, value })),
      };
    case 'integer':
    case 'number':
      return { type: 'Input.Number', ...shared, errorMessage };
    case 'date':
      return { type: 'Input.Date', ...shared, errorMessage };
    case 'prose':
      return { type: 'Input.Text', ...shared, errorMessage, isMultiline: true };
    case 'date-time':
    case 'email':
    case 'web-address':
    case 'phone':
    case 'code':
    case 'list':
    case 'object':
    case 'words':
      return { type: 'Input.Text', ...shared, errorMessage };
  }
}

/** Converts the submitted values to their fields' types: a card submits its inputs as strings. */
export function readSubmission(
  fields: readonly Field[],
  submitted: Readonly<Record<string, Json>>,
  now: number,
): Record<string, Json> {
  const read = fields.flatMap((field): [string, Json][] => {
    const value = submitted[field.name];
    if (value === undefined || value === '') return [];
    return [[field.name, typeof value === 'string' ? readText(field, value, now) : value]];
  });
  return Object.fromEntries(read);
}

function readText(field: Field, text: string, now: number): Json {
  const reading = readFieldAnswer(field, text, now);
  return reading.kind === 'value' ? reading.value : text;
}
