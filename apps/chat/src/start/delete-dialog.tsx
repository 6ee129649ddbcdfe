import { isTurnkeeperError } from '@turnkeeper/client';
import { useTurnkeeperClient } from '@turnkeeper/client/react';
import { useState } from 'react';
import type { JSX } from 'react';
import { explainFailure } from '../parts/failures.tsx';
import { Modal } from '../parts/modal.tsx';
import type { NamedConversation } from './conversation-name.ts';

interface DeleteDialogProps {
  /** Null while nothing is to be deleted. */
  readonly conversation: NamedConversation | null;
  readonly onClose: (isDeleted: boolean) => void;
}

/** Asks before a conversation is deleted with all its data. */
export function DeleteDialog({ conversation, onClose }: DeleteDialogProps): JSX.Element {
  return (
    <Modal
      isOpen={conversation !== null}
      title="Delete this conversation?"
      kind="dialog"
      onClose={() => onClose(false)}
    >
      {conversation !== null && <DeleteForm named={conversation} onClose={onClose} />}
    </Modal>
  );
}

interface DeleteFormProps {
  readonly named: NamedConversation;
  readonly onClose: (isDeleted: boolean) => void;
}

type Deleting = 'not yet' | 'pending' | { readonly failure: string };

function DeleteForm({ named: { conversation, naming }, onClose }: DeleteFormProps): JSX.Element {
  const client = useTurnkeeperClient();
  const [state, setState] = useState<Deleting>('not yet');
  const purge = async (): Promise<void> => {
    setState('pending');
    try {
      const { conversationId } = conversation;
      await client.resume(conversationId).end({ outcome: 'cancelled', purge: true, whenBusy: 'interrupt' });
      onClose(true);
    } catch (error) {
      if (!isTurnkeeperError(error)) throw error;
      // Somebody else has deleted it, or it has expired.
      if (error.reason === 'WORKFLOW_NOT_FOUND') onClose(true);
      else setState({ failure: explainFailure(error) });
    }
  };
  return (
    <form
      className="end-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (state !== 'pending') void purge();
      }}
    >
      <p>
        <strong>{naming.name}</strong>
      </p>
      <p>All its data is deleted, and can’t be restored.</p>
      {typeof state === 'object' && (
        <div className="failure" role="alert">
          <p className="failure__reason">{state.failure}</p>
        </div>
      )}
      <div className="end-form__actions">
        <button type="button" className="button button--quiet" onClick={() => onClose(false)}>
          Keep it
        </button>
        <button type="submit" className="button button--danger" aria-disabled={state === 'pending'}>
          {state === 'pending' ? 'Deleting…' : 'Delete it'}
        </button>
      </div>
    </form>
  );
}
