import type { ShippedDefinition } from '../../../workflows/definition/shipped.ts';
import { createPacedClient } from '../../../client-sdk/src/turnkeeper-client.ts';
import type { TurnkeeperClientOptions } from '../../../client-sdk/src/turnkeeper-client.ts';

/** A client that waits no time between tries, and tells how long it would have. Its chance always says 0.5. */
export function pacedClient(options: TurnkeeperClientOptions) {
  const delaysMs: number[] = [];
  const sleep = (delayMs: number): Promise<void> => {
    delaysMs.push(delayMs);
    return Promise.resolve();
  };
  return { client: createPacedClient<ShippedDefinition>(options, { sleep, random: () => 0.5 }), delaysMs };
}
