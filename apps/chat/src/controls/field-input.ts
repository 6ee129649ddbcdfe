import type { Json } from '@turnkeeper/client';
import type { ComponentProps } from 'react';
import type { PageField } from '../workflow/field.ts';

/** A native input for a field's value. */
export interface FieldInput {
  readonly label: string;
  readonly input: ComponentProps<'input'>;
  /** Returns the value that the input's text stands for. */
  readonly toValue: (text: string) => Json;
}

/** Returns the input for a field; null for a kind that a single input can't hold. */
export function fieldInputOf(field: PageField): FieldInput | null {
  const { kind, label, minimum, maximum, isWhole } = field;
  switch (kind) {
    case 'date':
      return { label, input: { type: 'date' }, toValue: asText };
    case 'date-time':
      // Times are in UTC on the whole page.
      return {
        label: `${label} (UTC)`,
        input: { type: 'datetime-local' },
        toValue: (text) => (text.length > '2027-05-03T20:30'.length ? `${text}Z` : `${text}:00Z`),
      };
    case 'time':
      return { label, input: { type: 'time' }, toValue: asText };
    case 'number':
      return {
        label,
        input: {
          type: 'number',
          step: isWhole ? 1 : 'any',
          inputMode: isWhole ? 'numeric' : 'decimal',
          min: minimum ?? undefined,
          max: maximum ?? undefined,
        },
        toValue: Number,
      };
    case 'phone':
      return { label, input: { type: 'tel', inputMode: 'tel', autoComplete: 'tel' }, toValue: asText };
    case 'email':
      return { label, input: { type: 'email', autoComplete: 'email' }, toValue: asText };
    case 'web-address':
      return { label, input: { type: 'url', autoComplete: 'url' }, toValue: asText };
    case 'text':
      return { label, input: { type: 'text' }, toValue: asText };
    case 'yes-no':
    case 'choice':
    case 'choices':
    case 'long-text':
    case 'other':
      return null;
  }
}

function asText(text: string): string {
  return text.trim();
}

/** Returns the text that the field's input has for a value. */
export function inputTextOf({ kind }: Pick<PageField, 'kind'>, value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return '';
  if (kind !== 'date-time') return value;
  const time = Date.parse(value);
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, '2027-05-03T20:30'.length);
}
