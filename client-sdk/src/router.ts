/**
 * `@turnkeeper/client/router`: types alone, apart from the client because they need those of tRPC, which are not for
 * every program: they ask for Node's.
 */
import type { ApiRouter } from '../../server/router/api.ts';
import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';

/**
 * The server's router, as far as types go: for whoever calls the procedures through a tRPC client of their own.
 *
 * @example
 * ```ts
 * import { createTRPCClient, httpLink } from '@trpc/client';
 * import type { AppRouter } from '@turnkeeper/client/router';
 * import superjson from 'superjson';
 *
 * const trpc = createTRPCClient<AppRouter>({
 *   links: [httpLink({ url: 'http://127.0.0.1:3000/trpc', transformer: superjson })],
 * });
 * const { workflowState } = await trpc.workflow.get.query({ conversationId: 'c0ffee' });
 * ```
 */
export type AppRouter<Definition extends TypedDefinition = ShippedDefinition> = ApiRouter<Definition, object>;

export type { ErrorData, ErrorShape } from '../../contract/errors.ts';
