import type { ClientFailureReason, DefinitionResult, TurnInput, WhenBusy } from '@turnkeeper/client';
import type { PendingTurn } from '@turnkeeper/client/react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { JSX } from 'react';
import { FailureIssues, explainFailure } from '../parts/failures.tsx';
import { Icon } from '../parts/icon.tsx';
import { MessageItem } from './message-item.tsx';
import { describeData } from '../workflow/describe-data.ts';

interface FailedTurnProps {
  readonly pending: PendingTurn;
  readonly definition: DefinitionResult | null;
  /** True if the page would see that another turn ends. */
  readonly isWatched: boolean;
  /** True while another turn is in the way. */
  readonly isBusy: boolean;
  readonly onRetry: (whenBusy: WhenBusy | null) => void;
  /** Discards the turn, and puts its text back into the box. */
  readonly onEdit: () => void;
}

/** The user's turn that failed: its text, the reason, and the ways to go on. */
export function FailedTurn(props: FailedTurnProps): JSX.Element {
  const { pending, definition, isWatched, isBusy, onRetry, onEdit } = props;
  const { input, isOvertaken } = pending;
  const [isWaiting, setIsWaiting] = useState(false);
  const retryNow = useEffectEvent(() => onRetry(null));
  useEffect(() => {
    // The other turn has ended without an answer, so the question is still the same.
    if (isWaiting && !isBusy && !isOvertaken) retryNow();
  }, [isWaiting, isBusy, isOvertaken]);
  const ways: WaysProps = {
    pending,
    editLabel: input.type === 'text' ? 'Edit' : 'Discard',
    canEdit: input.type !== 'open',
    onEdit,
    onRetry: (whenBusy) => {
      // The page waits itself: on the server, the answer would go to whatever is asked next.
      if (whenBusy === 'wait' && isWatched) setIsWaiting(true);
      else onRetry(whenBusy);
    },
  };
  return (
    <MessageItem from="user">
      {input.type !== 'open' && (
        <p className="bubble bubble--user bubble--failed">{describeInput(input, definition)}</p>
      )}
      {isWaiting && !isOvertaken ? (
        <p className="message__state">Waiting for the other message…</p>
      ) : (
        <Reason pending={pending} definition={definition} />
      )}
      <div className="failure__actions">
        {isOvertaken ? <WaysWhenOvertaken {...ways} /> : isWaiting ? null : <Ways {...ways} />}
        {isWaiting && !isOvertaken && <EditButton {...ways} className="link-button" />}
      </div>
    </MessageItem>
  );
}

function describeInput(input: TurnInput, definition: DefinitionResult | null): string {
  switch (input.type) {
    case 'text':
      return input.text;
    case 'cardAction':
      return 'Your answers on the card';
    case 'undo':
      return 'Take back the last change';
    case 'data':
      return describeData(definition, input.data)
        .map(({ label, value }) => (value === null ? `Clear ${label}` : `${label}: ${value}`))
        .join(', ');
    case 'open':
      return '';
  }
}

function Reason({ pending, definition }: Pick<FailedTurnProps, 'pending' | 'definition'>): JSX.Element {
  const { error, isOutcomeUnknown, isOvertaken, isAwaitingConnection } = pending;
  if (isAwaitingConnection) {
    return (
      <div className="failure failure--waiting" role="alert">
        <p className="failure__reason">
          <Icon name="warning" />
          <span>
            <strong>Waiting for the connection.</strong> This is sent by itself when the connection is back,
            and only once.
          </span>
        </p>
      </div>
    );
  }
  return (
    <div className="failure" role="alert">
      <p className="failure__reason">
        <Icon name="warning" />
        <span>
          <strong>{isOutcomeUnknown ? 'Not confirmed.' : headlineOf(error?.reason)}</strong>{' '}
          {isOvertaken
            ? 'Another message was answered in the meantime, so the question may have changed.'
            : explainFailure(error)}
          {isOutcomeUnknown && !isOvertaken && ' It may have arrived; trying again will not send it twice.'}
        </span>
      </p>
      <FailureIssues error={error} definition={definition} />
    </div>
  );
}

interface WaysProps {
  readonly pending: PendingTurn;
  readonly editLabel: string;
  readonly canEdit: boolean;
  readonly onEdit: () => void;
  readonly onRetry: (whenBusy: WhenBusy | null) => void;
}

function EditButton({
  editLabel,
  canEdit,
  onEdit,
  className,
}: WaysProps & { readonly className: string }): JSX.Element | null {
  if (!canEdit) return null;
  return (
    <button type="button" className={className} onClick={onEdit}>
      {editLabel}
    </button>
  );
}

function Ways(props: WaysProps): JSX.Element {
  const { pending, onRetry } = props;
  const { error, isOutcomeUnknown, isAwaitingConnection } = pending;
  const canRetry = isOutcomeUnknown || (error?.retryable ?? true);
  const retryButton = (label: string, whenBusy: WhenBusy | null): JSX.Element => (
    <button type="button" className="button button--small" onClick={() => onRetry(whenBusy)}>
      {label}
    </button>
  );
  return (
    <>
      {error?.reason === 'TURN_IN_PROGRESS' ? (
        <>
          {retryButton('Wait and send', 'wait')}
          {retryButton('Interrupt and send', 'interrupt')}
        </>
      ) : (
        canRetry && retryButton(isAwaitingConnection ? 'Try now' : 'Try again', null)
      )}
      <EditButton {...props} className="link-button" />
    </>
  );
}

/** No single press sends an answer to a question that has changed: the first one asks. */
function WaysWhenOvertaken(props: WaysProps): JSX.Element {
  const { pending, onRetry } = props;
  const [isAsked, setIsAsked] = useState(false);
  // The opening answers no question.
  const isSafe = pending.input.type === 'open';
  return (
    <>
      {isAsked && <p className="failure__question">Send it as the answer to the newest question?</p>}
      <EditButton {...props} className="button button--small" />
      <button
        type="button"
        className="link-button"
        onClick={() => {
          if (isAsked || isSafe) onRetry(null);
          else setIsAsked(true);
        }}
      >
        {isAsked ? 'Yes, send it' : 'Send anyway'}
      </button>
    </>
  );
}

function headlineOf(reason: ClientFailureReason | undefined): string {
  if (reason === 'AGENT_FAILED' || reason === 'AGENT_TIMEOUT') return 'No answer.';
  return reason === 'TURN_INTERRUPTED' ? 'Interrupted.' : 'Not sent.';
}
