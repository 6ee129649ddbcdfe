import type { WhenBusy } from '../../../../contract/inputs.ts';
import { hasReason } from '../../client-error.ts';
import type { TurnkeeperClientError } from '../../client-error.ts';
import type { Connection } from '../../connection.ts';
import type { Retry } from '../../with-retries.ts';

interface OwnTurnCalls {
  readonly whenBusy: WhenBusy | undefined;
  /** Whether the turn was sent before, and may have happened. */
  readonly wasUnknown: boolean;
  readonly onRetry: (retry: Retry) => void;
}

/**
 * The connection for a turn that fails at once where another is in its way: whether to wait, or to interrupt that one, is
 * for the user to say, whose words would answer another question later. The very turn that is running is never in its own
 * way (I4).
 */
export function withoutBusyRetry(
  connection: Connection,
  { whenBusy = 'reject', wasUnknown, onRetry }: OwnTurnCalls,
): Connection {
  const isWorthwhile = (error: TurnkeeperClientError): boolean =>
    whenBusy !== 'reject' || !hasReason(error, 'TURN_IN_PROGRESS');
  return {
    ...connection,
    call: (send, options) => connection.call(send, { ...options, isWorthwhile, wasUnknown, onRetry }),
  };
}
