import type { QueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { TurnkeeperClientError, isTurnkeeperError } from '../../links/client-error.ts';
import { toClientError } from '../../links/error-link.ts';
import type { CallContext, Router } from '../../links/operation.ts';
import type { TrpcClient } from '../../links/trpc-client.ts';

/** The way to the server, and the cache for its answers. */
export interface Queries {
  readonly queryClient: QueryClient;
  readonly trpc: TrpcClient;
  /** tRPC's own keys and options, so that other users of tRPC share the cache. */
  readonly queries: TRPCOptionsProxy<Router>;
}

/**
 * The settings of the hooks' queries. The client retries by itself, and only it knows whether the server, which need
 * not be on the internet, is reachable.
 */
export const querySettings = { retry: false, networkMode: 'always', refetchOnReconnect: true } as const;

/** The context of the hooks' calls: somebody looks at the page and waits. */
export const forPerson = { whoWaits: 'person' } as const satisfies CallContext;

/**
 * Returns the client's error in a query's failure, which may come from another tRPC client's query of the same key. Any
 * other failure is a fault of a program in the page: the server is not to blame, and another try does not help.
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
