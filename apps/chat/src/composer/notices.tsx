import type { ConversationView } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { useIsOnline } from '../parts/browser-hooks.ts';
import { describeWait, explainFailure, explainWait } from '../parts/failures.tsx';

interface NoticesProps {
  readonly view: ConversationView;
  /** True if the text box holds a text that can be sent. */
  readonly canSend: boolean;
  readonly onInterrupt: () => void;
}

/** Warnings above the composer: a lost connection, another turn, a slow one, a failed request. */
export function Notices({ view, canSend, onInterrupt }: NoticesProps): JSX.Element {
  const { busy, connection, error, isSending, pending } = view;
  const isOnline = useIsOnline();
  return (
    <div className="notices" role="status">
      {(connection === 'interrupted' || (connection !== 'ended' && !isOnline)) && (
        <p className="notice notice--warning">
          Connection lost. Trying to reconnect… Your saved answers are safe.
        </p>
      )}
      {busy !== null && (
        <div className="notice">
          <p>
            <strong>An earlier message is still being answered.</strong>{' '}
            {isSending
              ? 'Your answer waits until it is done.'
              : 'Your next answer will wait until it is done.'}
          </p>
          {(isSending || canSend) && (
            <button type="button" className="button button--small" onClick={onInterrupt}>
              {isSending ? 'Interrupt it' : 'Interrupt it and send'}
            </button>
          )}
        </div>
      )}
      {busy === null && pending?.isStillTrying === true && (
        <p className="notice">
          <strong>{describeWait(pending)}</strong> {explainWait(pending)}
        </p>
      )}
      {error !== null && (
        <div className="notice notice--warning">
          <p>{explainFailure(error)}</p>
          <button type="button" className="button button--small" onClick={() => view.refetch()}>
            Load again
          </button>
        </div>
      )}
    </div>
  );
}
