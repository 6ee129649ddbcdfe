import { TRPCClientError } from '@trpc/client';
import { TurnkeeperClientError, isTurnkeeperError } from '../client-error.ts';
import { toClientError } from '../to-client-error.ts';

/**
 * The client's error in what a query failed with, which may have been another tRPC client's query of the same key. What is
 * neither is a fault of a program in the page: the server is not to blame, and trying again does not help.
 */
export function clientErrorOf(thrown: unknown): TurnkeeperClientError {
  if (isTurnkeeperError(thrown)) return thrown;
  if (thrown instanceof Error && isTurnkeeperError(thrown.cause)) return thrown.cause;
  if (thrown instanceof TRPCClientError)
    return toClientError(thrown, { url: 'its address', turnId: undefined });
  return new TurnkeeperClientError('INTERNAL', 'Something went wrong in this page.', {
    retryable: false,
    isOutcomeUnknown: true,
    cause: thrown,
  });
}
