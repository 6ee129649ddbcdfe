import { useState } from 'react';
import type { JSX } from 'react';
import type { PageField } from '../workflow/field.ts';
import { controlOf } from './answer-options.ts';

interface FieldControlProps {
  readonly field: PageField;
  readonly isSending: boolean;
  readonly onAnswer: (text: string) => void;
}

/** A date, time or number picker for the next field, next to the text box. */
export function FieldControl({ field, isSending, onAnswer }: FieldControlProps): JSX.Element | null {
  const [value, setValue] = useState('');
  const control = controlOf(field);
  if (control === null) return null;
  return (
    <form
      className="control"
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(control.toText(value));
      }}
    >
      <label className="control__field">
        <span className="control__label">{control.label}</span>
        <input
          className="input"
          dir="auto"
          required
          value={value}
          onChange={({ target }) => setValue(target.value)}
          {...control.input}
        />
      </label>
      <button type="submit" className="button" aria-disabled={isSending}>
        {control.action}
      </button>
    </form>
  );
}
