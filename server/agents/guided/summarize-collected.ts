import type { CollectedFields } from '../../../workflows/definition/json.ts';
import type { Position } from '../../domain/position.ts';
import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { applicableFields } from './guided-turn.ts';
import { formatValue } from './format-value.ts';
import { listInWords } from './plain-words.ts';

/** Everything collected in the steps that apply, step by step, as a markdown list; empty when there is nothing. */
export function summarizeCollected(position: Position, collected: CollectedFields): string {
  return position.applicable
    .flatMap((step) => {
      const lines = step.fields.flatMap((field) => {
        const value = collected[field.name];
        return value === undefined ? [] : [`- ${labelOf(field)}: ${formatValue(field, value)}`];
      });
      return lines.length === 0 ? [] : [`**${step.title}**\n${lines.join('\n')}`];
    })
    .join('\n\n');
}

/** The optional fields that have no value, and how to give one. */
export function mentionOptional(fields: readonly Field[], collected: CollectedFields): string | null {
  const open = fields.filter((field) => !field.required && collected[field.name] === undefined);
  const [first] = open;
  if (first === undefined) return null;
  const names = listInWords(
    open.map((field) => `**${labelOf(field)}**`),
    'or',
  );
  return `You can also tell me: ${names} (optional). Just write “${labelOf(first).toLowerCase()}: …”.`;
}

export function mentionAllOptional(position: Position, collected: CollectedFields): string | null {
  return mentionOptional(applicableFields(position), collected);
}
