import { useState } from 'react';
import type { JSX } from 'react';
import type { Offer } from './answer-options.ts';

interface OfferedAnswersProps {
  readonly offers: readonly Offer[];
  /** The label of the field that they answer, if it is known. */
  readonly label: string | null;
  readonly isSending: boolean;
  readonly onAnswer: (offer: Offer) => void;
}

const maxButtons = 10;

export function OfferedAnswers({
  offers,
  label,
  isSending,
  onAnswer,
}: OfferedAnswersProps): JSX.Element | null {
  if (offers.length === 0) return null;
  if (offers.length > maxButtons) {
    return (
      <OfferList
        offers={offers}
        label={label ?? 'Suggested answers'}
        isSending={isSending}
        onAnswer={onAnswer}
      />
    );
  }
  return (
    <div className="offers" role="group" aria-label="Suggested answers">
      {offers.map((offer) => (
        <button
          key={offer.words}
          type="button"
          className="offer"
          // `disabled` would take the focus away from the pressed button.
          aria-disabled={isSending}
          // The second click of a double click would answer the next question.
          onClick={({ detail }) => detail < 2 && onAnswer(offer)}
        >
          {offer.title}
        </button>
      ))}
    </div>
  );
}

interface OfferListProps extends OfferedAnswersProps {
  readonly label: string;
}

/** A list to choose from, for more answers than a row of buttons can hold. */
function OfferList({ offers, label, isSending, onAnswer }: OfferListProps): JSX.Element {
  const [chosen, setChosen] = useState('');
  return (
    <form
      className="control"
      onSubmit={(event) => {
        event.preventDefault();
        const offer = offers.find(({ words }) => words === chosen);
        if (offer !== undefined) onAnswer(offer);
      }}
    >
      <label className="control__field">
        <span className="control__label">{label}</span>
        <select className="input" required value={chosen} onChange={({ target }) => setChosen(target.value)}>
          <option value="">Choose one…</option>
          {offers.map(({ title, words }) => (
            <option key={words} value={words}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="button" aria-disabled={isSending}>
        Choose
      </button>
    </form>
  );
}
