import type { Json } from '@turnkeeper/client';
import { useState } from 'react';
import type { JSX } from 'react';
import { fieldInputOf } from '../controls/field-input.ts';
import type { PageField } from '../workflow/field.ts';
import { controlActionOf } from './answer-options.ts';

interface FieldControlProps {
  readonly field: PageField;
  readonly isSending: boolean;
  readonly onValue: (value: Json) => void;
}

/** A picker or an input for the next field's value, next to the text box, which takes words. */
export function FieldControl({ field, isSending, onValue }: FieldControlProps): JSX.Element | null {
  const [text, setText] = useState('');
  const control = fieldInputOf(field);
  const action = controlActionOf(field.kind);
  if (control === null || action === null) return null;
  return (
    <form
      className="control"
      onSubmit={(event) => {
        event.preventDefault();
        onValue(control.toValue(text));
      }}
    >
      <label className="control__field">
        <span className="control__label">{control.label}</span>
        <input
          className="input"
          dir="auto"
          required
          value={text}
          onChange={({ target }) => setText(target.value)}
          {...control.input}
        />
      </label>
      <button type="submit" className="button" aria-disabled={isSending}>
        {action}
      </button>
    </form>
  );
}
