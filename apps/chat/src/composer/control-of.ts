import type { ComponentProps } from 'react';
import type { Field } from '../workflow/field.ts';

export interface Control {
  readonly label: string;
  readonly action: string;
  readonly input: ComponentProps<'input'>;
  /** What is sent for what was entered. */
  readonly said: (value: string) => string;
}

/** What picks a value of this field; null where words do as well. */
export function controlOf({ kind, label, minimum, maximum, isWhole }: Field): Control | null {
  switch (kind) {
    case 'date':
      return { label, action: 'Use this date', input: { type: 'date' }, said: (value) => value };
    case 'date-time':
      return {
        label: `${label} (UTC)`,
        action: 'Use this time',
        input: { type: 'datetime-local' },
        said: (value) => `${value.replace('T', ' ')} UTC`,
      };
    case 'number':
      return {
        label,
        action: 'Use this number',
        input: {
          type: 'number',
          step: isWhole ? 1 : 'any',
          inputMode: isWhole ? 'numeric' : 'decimal',
          min: minimum ?? undefined,
          max: maximum ?? undefined,
        },
        said: (value) => value,
      };
    case 'yes-no':
    case 'choice':
    case 'email':
    case 'web-address':
    case 'phone':
    case 'text':
    case 'other':
      return null;
  }
}
