import type { TurnkeeperClientError } from '@turnkeeper/client';
import type { JSX } from 'react';
import { explainFailure } from './explain-failure.ts';

interface LoadFailureProps {
  readonly error: TurnkeeperClientError | null;
  readonly onRetry: () => void;
}

export function LoadFailure({ error, onRetry }: LoadFailureProps): JSX.Element {
  return (
    <div className="load-failure" role="alert">
      <h2>This could not be loaded</h2>
      <p>{explainFailure(error)}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
