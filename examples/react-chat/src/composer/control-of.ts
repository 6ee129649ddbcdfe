import type { ComponentProps } from 'react';
import type { Field } from '../workflow/field.ts';

export interface Control {
  readonly action: string;
  readonly input: ComponentProps<'input'>;
  /** What is sent for what was entered. */
  readonly said: (value: string) => string;
}

/** What picks a value of this field; null where words do as well. */
export function controlOf({ kind, minimum, maximum, isWhole }: Field): Control | null {
  switch (kind) {
    case 'date':
      return { action: 'Use this date', input: { type: 'date' }, said: (value) => value };
    case 'date-time':
      return {
        action: 'Use this time',
        input: { type: 'datetime-local' },
        // It is picked in the time zone of who picks it; what is said must not depend on that.
        said: (value) => new Date(value).toISOString(),
      };
    case 'number':
      return {
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
