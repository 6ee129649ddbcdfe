import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import { createPacedClient } from './turnkeeper-client.ts';
import type { TurnkeeperClient, TurnkeeperClientOptions } from './turnkeeper-client.ts';
import { realPacing } from './with-retries.ts';

/**
 * Creates a client of a Turnkeeper server. By default it knows the shipped workflows' step ids and fields as types; give
 * the type of your own definitions to know theirs.
 * @throws TypeError for a `url` that can't be a server's, RangeError for a `retry` by which nothing could be tried
 *
 * @example
 * ```ts
 * const client = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });
 * const conversation = client.conversation('leave-request');
 * const { messages } = await conversation.open();
 * const { progress } = await conversation.turn('From 3 August, for ten days');
 *
 * // A server of your own definitions:
 * import type travelRequest from './workflows/travel-request.ts';
 * const own = createTurnkeeperClient<typeof travelRequest>({ url });
 * ```
 */
export function createTurnkeeperClient<Definition extends TypedDefinition = ShippedDefinition>(
  options: TurnkeeperClientOptions,
): TurnkeeperClient<Definition> {
  return createPacedClient(options, realPacing);
}
