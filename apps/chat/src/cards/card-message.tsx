import type { Json } from '@turnkeeper/client';
import { Suspense, lazy } from 'react';
import type { JSX } from 'react';
import { Icon } from '../parts/icon.tsx';
import { withEntered } from './card-json.ts';
import type { CardState } from './card-states.ts';
import type { CardSubmission } from './draw-card.ts';

// The renderer is large, and many conversations have no card.
const AdaptiveCard = lazy(() => import('./adaptive-card.tsx'));

interface CardMessageProps {
  readonly card: Json;
  readonly state: CardState;
  /** Whether something is on its way already. */
  readonly isBusy: boolean;
  readonly onSubmit: (submission: CardSubmission) => void;
}

export function CardMessage({ card, state, isBusy, onSubmit }: CardMessageProps): JSX.Element {
  return (
    <div className="card" role="group" aria-label="Card from the agent">
      <Suspense fallback={<div className="card__loading skeleton" />}>
        <AdaptiveCard
          card={state.kind === 'sent' ? withEntered(card, state.data) : card}
          isAnswerable={state.kind === 'open' && !isBusy}
          onSubmit={onSubmit}
        />
      </Suspense>
      {state.kind === 'sent' && (
        <p className="card__note">
          <Icon name="check" /> Sent
        </p>
      )}
      {state.kind === 'closed' && <p className="card__note">No longer open</p>}
    </div>
  );
}
