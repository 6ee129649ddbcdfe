import { isTurnkeeperError } from '../client-error.ts';
import type { TurnkeeperClientError } from '../client-error.ts';
import { toClientError } from '../to-client-error.ts';

/** The client's error in what a query failed with, which may have been another tRPC client's query of the same key. */
export function clientErrorOf(thrown: unknown): TurnkeeperClientError {
  if (isTurnkeeperError(thrown)) return thrown;
  if (thrown instanceof Error && isTurnkeeperError(thrown.cause)) return thrown.cause;
  return toClientError(thrown, { url: 'its address', turnId: undefined });
}
