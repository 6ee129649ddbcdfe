import { Redis } from 'ioredis';

/** A text that is only in a commit's request: part of the state that it stores. */
export const markOfCommit = '"passedSteps":';

/** Sends a few commands to Redis on a connection of its own; does nothing if Redis can't take them now. */
export async function giveCommands(url: string, give: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(url, {
    commandTimeout: 1_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  await give(client).catch(() => undefined);
  client.disconnect();
}
