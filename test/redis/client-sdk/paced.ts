import type { ShippedDefinition } from '../../../contract/shipped.ts';
import { createPacedClient } from '../../../client-sdk/src/turnkeeper-client.ts';
import type { TurnkeeperClientOptions } from '../../../client-sdk/src/turnkeeper-client.ts';

/** A client that retries without a pause and records the delay it would have made. Its random number is always 0.5. */
export function pacedClient(options: TurnkeeperClientOptions) {
  const delaysMs: number[] = [];
  const sleep = (delayMs: number): Promise<void> => {
    delaysMs.push(delayMs);
    return Promise.resolve();
  };
  return { client: createPacedClient<ShippedDefinition>(options, { sleep, random: () => 0.5 }), delaysMs };
}
