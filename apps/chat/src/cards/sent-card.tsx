import type { JSX } from 'react';
import type { Entered } from './card-json.ts';

/** What the user sent with a card, in their own bubble. */
export function SentCard({ entered }: { readonly entered: readonly Entered[] }): JSX.Element {
  return (
    <div className="bubble bubble--user">
      <p className="sent-card__title">Sent the card</p>
      {entered.length > 0 && (
        <dl className="sent-card__values">
          {entered.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
