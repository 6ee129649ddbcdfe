import { TRPCError } from '@trpc/server';
import { describeCause } from '../orchestrator/describe-cause.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import { UnexpectedError, toFailure, toTrpcError } from './failure.ts';

/** Tells the log of a failure that is not the caller's, and makes it the error that tRPC throws. */
export function reportFailure(
  { ids, observer }: Pick<Dependencies, 'ids' | 'observer'>,
  path: string,
  thrown: unknown,
): TRPCError {
  const failure = toFailure(thrown, () => ids.errorId());
  if (failure instanceof UnexpectedError) {
    const error = thrown instanceof TRPCError ? (thrown.cause ?? thrown) : thrown;
    observer.tell({ type: 'error.unexpected', errorId: failure.errorId, error });
  }
  // A turn tells of itself, whatever becomes of it.
  if (failure.reason === 'STATE_STORE_UNAVAILABLE' && path !== 'workflow.turn') {
    observer.tell({ type: 'call.failed', call: path, reason: failure.reason, ...describeCause(failure) });
  }
  return toTrpcError(failure);
}
