/**
 * `@turnkeeper/client/router`: types only. They have an entry of their own, because they need tRPC's types, which need
 * Node's, and not every program has those.
 */
import type { ApiRouter } from '../../server/router/api.ts';
import type { ShippedDefinition } from '../../contract/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';

/**
 * The type of the server's router, for programs that call its procedures through their own tRPC client.
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
