import type { DefinitionResult } from '@turnkeeper/client';
import type { ShownMessage } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { describeData } from '../workflow/describe-data.ts';
import type { DescribedField } from '../workflow/describe-data.ts';
import { asPeopleWrite } from './own-words.tsx';
import { withoutTurningMarks } from '../parts/turning-marks.ts';

/** Returns whether a message says what the user did, and not what they said. */
export function isAction({ role, kind, cardId }: ShownMessage): boolean {
  return role === 'user' && kind === 'event' && cardId === undefined;
}

interface OwnFieldsProps {
  readonly data: NonNullable<ShownMessage['data']>;
  readonly definition: DefinitionResult | null;
}

/** The fields that the user set directly: "You set Legal name: Acme Ltd". */
export function OwnFields({ data, definition }: OwnFieldsProps): JSX.Element {
  const fields = describeData(definition, data);
  return (
    <div className="bubble bubble--user">
      {fields.map((field) => (
        <p key={field.name}>
          {'You '}
          <SetField field={field} />
        </p>
      ))}
    </div>
  );
}

function SetField({ field: { label, value } }: { readonly field: DescribedField }): JSX.Element {
  if (value === null) return <>{`cleared ${label}`}</>;
  return (
    <>
      {`set ${label}: `}
      <strong>{value}</strong>
    </>
  );
}

interface OwnUndoProps {
  /** The message of the turn that was taken back; null if it is not known. */
  readonly undone: ShownMessage | null;
  readonly definition: DefinitionResult | null;
}

export function OwnUndo({ undone, definition }: OwnUndoProps): JSX.Element {
  return <p className="bubble bubble--user">{`You took back ${describeUndone(undone, definition)}`}</p>;
}

const longestQuote = 60;

function describeUndone(undone: ShownMessage | null, definition: DefinitionResult | null): string {
  if (undone?.data !== undefined)
    return describeData(definition, undone.data)
      .map(({ label, value }) => (value === null ? `clearing ${label}` : `${label}: ${value}`))
      .join(', ');
  if (undone?.cardId !== undefined) return 'your answers on the card';
  if (undone?.text === undefined) return 'the last change';
  const words = withoutTurningMarks(asPeopleWrite(undone.text)).replaceAll(/\s+/g, ' ');
  return words.length > longestQuote ? `“${words.slice(0, longestQuote)}…”` : `“${words}”`;
}
