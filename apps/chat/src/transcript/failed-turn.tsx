import type { ClientFailureReason, WhenBusy } from '@turnkeeper/client';
import type { PendingTurn } from '@turnkeeper/client/react';
import { useState } from 'react';
import type { JSX } from 'react';
import { FailureIssues, explainFailure } from '../parts/failures.tsx';
import { Icon } from '../parts/icon.tsx';
import { MessageItem } from './message-item.tsx';

interface FailedTurnProps {
  readonly pending: PendingTurn;
  /** True if another turn was stored since this one was sent: this one answers an older question. */
  readonly isOvertaken: boolean;
  readonly onRetry: (whenBusy: WhenBusy | null) => void;
  /** Discards the turn, and puts its text back into the box. */
  readonly onEdit: () => void;
}

/** The user's turn that failed: its text, the reason, and buttons to retry or edit it. */
export function FailedTurn({ pending, isOvertaken, onRetry, onEdit }: FailedTurnProps): JSX.Element {
  const { input, error, isOutcomeUnknown } = pending;
  const isBusy = error?.reason === 'TURN_IN_PROGRESS';
  const isTooLate = isBusy && isOvertaken;
  const canRetry = isOutcomeUnknown || (error?.retryable ?? true);
  const editLabel = input.type === 'text' ? 'Edit' : 'Discard';
  return (
    <MessageItem from="user">
      {input.type !== 'open' && (
        <p className="bubble bubble--user bubble--failed">
          {input.type === 'text' ? input.text : 'Your answers on the card'}
        </p>
      )}
      <div className="failure" role="alert">
        <p className="failure__reason">
          <Icon name="warning" />
          <span>
            <strong>{isOutcomeUnknown ? 'Not confirmed.' : headlineOf(error?.reason)}</strong>{' '}
            {isTooLate
              ? 'Another message was answered in the meantime, so the question may have changed.'
              : explainFailure(error)}
            {isOutcomeUnknown && ' It may have arrived; trying again will not send it twice.'}
          </span>
        </p>
        <FailureIssues error={error} />
      </div>
      <div className="failure__actions">
        {isTooLate && input.type !== 'open' && (
          <button type="button" className="button button--small" onClick={onEdit}>
            {editLabel}
          </button>
        )}
        {isTooLate ? (
          <button type="button" className="link-button" onClick={() => onRetry(null)}>
            Send anyway
          </button>
        ) : isBusy ? (
          <>
            <button type="button" className="button button--small" onClick={() => onRetry('wait')}>
              Wait and send
            </button>
            <button type="button" className="button button--small" onClick={() => onRetry('interrupt')}>
              Interrupt and send
            </button>
          </>
        ) : (
          canRetry && (
            <button type="button" className="button button--small" onClick={() => onRetry(null)}>
              Try again
            </button>
          )
        )}
        {!isTooLate && input.type !== 'open' && (
          <button type="button" className="link-button" onClick={onEdit}>
            {editLabel}
          </button>
        )}
      </div>
    </MessageItem>
  );
}

function headlineOf(reason: ClientFailureReason | undefined): string {
  if (reason === 'AGENT_FAILED' || reason === 'AGENT_TIMEOUT') return 'No answer.';
  return reason === 'TURN_INTERRUPTED' ? 'Interrupted.' : 'Not sent.';
}

/**
 * Returns whether another turn was stored since the pending one was sent.
 * @param turnId of the pending turn; `null` when there is none
 * @param lastTurn the number of the last stored turn
 */
export function useIsOvertaken(turnId: string | null, lastTurn: number): boolean {
  const [begun, setBegun] = useState({ turnId, lastTurn });
  if (begun.turnId !== turnId) setBegun({ turnId, lastTurn });
  return turnId !== null && begun.turnId === turnId && lastTurn > begun.lastTurn;
}
