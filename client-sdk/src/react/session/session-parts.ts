import type { QueryClient } from '@tanstack/react-query';
import type { TRPCClient } from '@trpc/client';
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import type { Connection } from '../../connection.ts';
import type { AppRouter } from '../../router.ts';

export type Router = AppRouter<TypedDefinition>;

/** The way to the server, and the cache for what comes from there. */
export interface SessionParts {
  readonly connection: Connection;
  readonly queryClient: QueryClient;
  /** Goes to the server through the connection. */
  readonly trpc: TRPCClient<Router>;
  /** The keys and options that tRPC gives queries, so that whoever uses these shares the cache. */
  readonly queries: TRPCOptionsProxy<Router>;
}
