import type { Json } from '@turnkeeper/client';
import { Suspense, useEffect, useState } from 'react';
import type { JSX } from 'react';
import { ErrorBoundary, PartFailure } from '../parts/error-boundary.tsx';
import { Icon } from '../parts/icon.tsx';
import { lazyPart } from '../parts/missing-part.ts';
import type { CardState } from './card-actions.ts';
import { withSubmittedValues } from './card-json.ts';
import type { SubmittedValue } from './card-json.ts';
import type { CardSubmission } from './card-actions.ts';
import { keepValues, keptValues } from './kept-values.ts';

// Loaded on demand: the renderer is large, and many conversations have no card.
const AdaptiveCard = lazyPart(() => import('./adaptive-card.tsx'));

interface CardMessageProps {
  readonly conversationId: string;
  readonly cardId: string;
  readonly card: Json;
  readonly state: CardState;
  /** True while a turn is being sent. */
  readonly isBusy: boolean;
  readonly onSubmit: (submission: CardSubmission) => void;
}

export function CardMessage(props: CardMessageProps): JSX.Element {
  const { conversationId, cardId, card, state, isBusy, onSubmit } = props;
  const [kept] = useState(() => keptValues(conversationId, cardId));
  const isOpen = state.kind === 'open';
  useEffect(() => {
    if (!isOpen) keepValues(conversationId, cardId, null);
  }, [isOpen, conversationId, cardId]);
  return (
    <div className="card" role="group" aria-label="Card from the agent">
      <ErrorBoundary
        fallback={(error, retry) => <PartFailure what="This card" error={error} onRetry={retry} />}
      >
        <Suspense fallback={<div className="card__loading skeleton" />}>
          <AdaptiveCard
            card={withSubmittedValues(card, state.kind === 'sent' ? state.data : (kept ?? undefined))}
            isAnswerable={isOpen && !isBusy}
            onSubmit={onSubmit}
            onEnter={(values) => keepValues(conversationId, cardId, values)}
          />
        </Suspense>
      </ErrorBoundary>
      {state.kind === 'sent' && (
        <p className="card__note">
          <Icon name="check" /> Sent
        </p>
      )}
      {state.kind === 'closed' && <p className="card__note">No longer open</p>}
    </div>
  );
}

/** The user's bubble for a submitted card, with the values that they entered. */
export function SentCard({ entered }: { readonly entered: readonly SubmittedValue[] }): JSX.Element {
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
