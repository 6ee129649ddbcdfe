import type { DefinitionResult, EndRequest } from '@turnkeeper/client';
import type { Ending } from '@turnkeeper/client/react';
import { useState } from 'react';
import type { JSX } from 'react';
import type { Collected } from '../workflow/conversation-view.ts';
import { FailureIssues, explainFailure } from '../parts/failures.tsx';
import { Modal } from '../parts/modal.tsx';
import { fieldsOf } from '../workflow/field.ts';

interface EndDialogProps {
  readonly isOpen: boolean;
  /** True if the page knows of no missing answer. The server decides. */
  readonly canComplete: boolean;
  readonly ending: Ending;
  readonly onEnd: (request: EndRequest) => void;
  readonly onClose: () => void;
}

const maxReasonLength = 500;

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
  // An error from before this dialog was opened is not shown.
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
                ? 'The answers collected so far become final.'
                : 'Possible once all required answers are there.'}
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
            <small id="cancel-hint">The conversation stops here and can’t be continued.</small>
          </span>
        </label>
      </fieldset>
      <label className="control__field">
        <span className="control__label">Reason (optional)</span>
        <input
          className="input"
          type="text"
          autoComplete="off"
          maxLength={maxReasonLength}
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
        Delete all its data
      </label>
      {purge && <p id="purge-warning">Deleted data can’t be restored.</p>}
      {hasAsked && ending.error !== null && (
        <div className="failure" role="alert">
          <p className="failure__reason">{explainFailure(ending.error)}</p>
          <FailureIssues error={ending.error} />
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
          {ending.isPending ? 'Ending…' : submitLabelOf(outcome, purge)}
        </button>
      </div>
    </form>
  );
}

/** Returns the label of the submit button: it names the action. */
function submitLabelOf(outcome: EndRequest['outcome'] | null, purge: boolean): string {
  if (outcome === null) return 'End conversation';
  const act = outcome === 'completed' ? 'Complete it' : 'Cancel it';
  return purge ? `${act} and delete all data` : act;
}

/**
 * Returns whether the current step has all its required fields. Only the server knows which later steps apply, so it
 * may still refuse to complete the conversation.
 */
export function canComplete(
  definition: DefinitionResult | null,
  currentStep: string | undefined,
  collected: Collected,
): boolean {
  const step = definition?.steps.find(({ id }) => id === currentStep);
  return (
    step !== undefined &&
    fieldsOf(step).every(({ name, isRequired }) => !isRequired || Object.hasOwn(collected, name))
  );
}
