import type { EndRequest } from '@turnkeeper/client';
import type { Ending } from '@turnkeeper/client/react';
import { useState } from 'react';
import type { JSX } from 'react';
import { explainFailure, issuesOf } from '../failures/explain-failure.ts';
import { Modal } from '../parts/modal.tsx';

interface EndDialogProps {
  readonly isOpen: boolean;
  /** Whether nothing that is needed is known to be missing; the server has the last word. */
  readonly canComplete: boolean;
  readonly ending: Ending;
  readonly onEnd: (request: EndRequest) => void;
  readonly onClose: () => void;
}

const longestReason = 500;

export function EndDialog({ isOpen, onClose, ...rest }: EndDialogProps): JSX.Element {
  return (
    <Modal isOpen={isOpen} title="End this conversation?" kind="dialog" onClose={onClose}>
      <EndForm onClose={onClose} {...rest} />
    </Modal>
  );
}

function EndForm({ canComplete, ending, onEnd, onClose }: Omit<EndDialogProps, 'isOpen'>): JSX.Element {
  const [outcome, setOutcome] = useState<EndRequest['outcome'] | null>(null);
  const [reason, setReason] = useState('');
  const [purge, setPurge] = useState(false);
  // What failed before this dialog was opened is none of its business.
  const [hasAsked, setHasAsked] = useState(false);
  return (
    <form
      className="end-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (outcome === null || ending.isPending) return;
        setHasAsked(true);
        onEnd({ outcome, reason: reason.trim() === '' ? undefined : reason.trim(), purge });
      }}
    >
      <fieldset>
        <legend className="visually-hidden">How it ends</legend>
        <label className="option" data-disabled={!canComplete}>
          <input
            type="radio"
            name="outcome"
            aria-label="Complete it now"
            aria-describedby="complete-hint"
            disabled={!canComplete}
            checked={outcome === 'completed'}
            onChange={() => setOutcome('completed')}
          />
          <span>
            <strong>Complete it now</strong>
            <small id="complete-hint">
              {canComplete
                ? 'What was collected counts as it is.'
                : 'Possible once every answer that is needed is there.'}
            </small>
          </span>
        </label>
        <label className="option">
          <input
            type="radio"
            name="outcome"
            aria-label="Cancel it"
            aria-describedby="cancel-hint"
            checked={outcome === 'cancelled'}
            onChange={() => setOutcome('cancelled')}
          />
          <span>
            <strong>Cancel it</strong>
            <small id="cancel-hint">It stops here and can’t be taken up again.</small>
          </span>
        </label>
      </fieldset>
      <label className="control__field">
        <span className="control__label">Reason (optional)</span>
        <input
          className="input"
          type="text"
          autoComplete="off"
          maxLength={longestReason}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
      <label className="check">
        <input
          type="checkbox"
          aria-describedby={purge ? 'purge-warning' : undefined}
          checked={purge}
          onChange={({ target }) => setPurge(target.checked)}
        />
        Delete everything about it
      </label>
      {purge && <p id="purge-warning">What is deleted can’t be brought back.</p>}
      {hasAsked && ending.error !== null && (
        <div className="failure" role="alert">
          <p className="failure__reason">{explainFailure(ending.error)}</p>
          <ul className="failure__issues">
            {issuesOf(ending.error).map((issue) => (
              <li key={issue}>{issue}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="end-form__actions">
        <button type="button" className="button button--quiet" onClick={onClose}>
          Keep going
        </button>
        <button
          type="submit"
          className={outcome === 'cancelled' || purge ? 'button button--danger' : 'button'}
          aria-disabled={outcome === null || ending.isPending}
        >
          {ending.isPending ? 'Ending…' : actOf(outcome, purge)}
        </button>
      </div>
    </form>
  );
}

/** What the button is about to do. */
function actOf(outcome: EndRequest['outcome'] | null, purge: boolean): string {
  if (outcome === null) return 'End conversation';
  const act = outcome === 'completed' ? 'Complete it' : 'Cancel it';
  return purge ? `${act} and delete everything` : act;
}
