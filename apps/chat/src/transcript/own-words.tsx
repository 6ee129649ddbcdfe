import { useState } from 'react';
import type { JSX } from 'react';
import { withoutTurningMarks } from '../parts/turning-marks.ts';
import { formatMoment, formatValue } from '../workflow/format-value.ts';

/** A text of more characters or lines than this is folded. */
const longText = 800;
const longLines = 12;

/** The user's own words. A long text is folded, so that the answer to it stays in sight. */
export function OwnWords({ text }: { readonly text: string }): JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  const shown = withoutTurningMarks(asPeopleWrite(text));
  if (text.length <= longText && text.split('\n').length <= longLines)
    return <p className="bubble bubble--user">{shown}</p>;
  return (
    <div className="bubble bubble--user">
      <p className={isOpen ? undefined : 'bubble__folded'}>{shown}</p>
      <button
        type="button"
        className="link-button bubble__fold"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? 'Show less' : 'Show all'}
      </button>
    </div>
  );
}

/** Returns the value of a date or time picker as people write it, and every other text as it is. */
export function asPeopleWrite(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return formatValue(text, 'date');
  const [, day, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC$/.exec(text) ?? [];
  const moment = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(moment) ? text : formatMoment(moment);
}
