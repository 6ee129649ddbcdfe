import type { ClientFailureReason, WhenBusy } from '@turnkeeper/client';
import type { PendingTurn } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { explainFailure, issuesOf } from '../failures/explain-failure.ts';
import { Icon } from '../parts/icon.tsx';
import { MessageItem } from './message-item.tsx';

interface FailedTurnProps {
  readonly pending: PendingTurn;
  /** Another turn was stored since this one was sent, so its words answer what was asked before. */
  readonly isOvertaken: boolean;
  readonly onRetry: (whenBusy: WhenBusy | null) => void;
  /** Takes the turn back, so that it can be changed. */
  readonly onEdit: () => void;
}

/** The user's own turn that did not get through: why, and what can be done about it. */
export function FailedTurn({ pending, isOvertaken, onRetry, onEdit }: FailedTurnProps): JSX.Element {
  const { input, error, isOutcomeUnknown } = pending;
  const isInTheWay = error?.reason === 'TURN_IN_PROGRESS';
  const isTooLate = isInTheWay && isOvertaken;
  const canRetry = isOutcomeUnknown || (error?.retryable ?? true);
  const editLabel = input.type === 'text' ? 'Edit' : 'Discard';
  return (
    <MessageItem from="user">
      {input.type !== 'open' && (
        <p className="bubble bubble--user bubble--failed">
          {input.type === 'text' ? input.text : 'What you entered on the card'}
        </p>
      )}
      <div className="failure" role="alert">
        <p className="failure__reason">
          <Icon name="warning" />
          <span>
            <strong>{isOutcomeUnknown ? 'Not confirmed.' : headlineOf(error?.reason)}</strong>{' '}
            {isTooLate
              ? 'Another message was answered meanwhile, and the question may have changed.'
              : explainFailure(error)}
            {isOutcomeUnknown && ' It may have arrived; trying again will not send it twice.'}
          </span>
        </p>
        {issuesOf(error).length > 0 && (
          <ul className="failure__issues">
            {issuesOf(error).map((issue) => (
              <li key={issue}>{issue}</li>
            ))}
          </ul>
        )}
      </div>
      <div className="failure__actions">
        {isTooLate && input.type !== 'open' && (
          <button type="button" className="button button--small" onClick={onEdit}>
            {editLabel}
          </button>
        )}
        {isTooLate ? (
          <button type="button" className="link-button" onClick={() => onRetry(null)}>
            Send all the same
          </button>
        ) : isInTheWay ? (
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
