import type { DefinitionResult, Summary } from '@turnkeeper/client';
import { findField } from '../workflow/field.ts';
import { formatValue } from '../workflow/format-value.ts';

export function headlineOf({ title }: Summary, isCompleted: boolean): string {
  return `${title} ${isCompleted ? 'is complete' : 'was cancelled'}`;
}

interface SummaryFacts {
  readonly reference: string;
  readonly definition: DefinitionResult | null;
  readonly isCompleted: boolean;
}

/** Returns a summary as plain text, for a letter or a message. */
export function summaryAsText(
  summary: Summary,
  { reference, definition, isCompleted }: SummaryFacts,
): string {
  const { reason, whatHappensNext, steps } = summary;
  const parts = [
    headlineOf(summary, isCompleted),
    ...(reason === undefined ? [] : [`Reason: ${reason}`]),
    ...steps
      .filter(({ fields }) => fields.length > 0)
      .map(({ title, fields }) =>
        [
          title,
          ...fields.map(
            ({ field, label, value }) =>
              `${label}: ${formatValue(value, findField(definition, field)?.kind ?? null)}`,
          ),
        ].join('\n'),
      ),
    ...(whatHappensNext === undefined || !isCompleted ? [] : [`What happens next\n${whatHappensNext}`]),
    `Reference: ${reference}`,
  ];
  return parts.join('\n\n');
}
