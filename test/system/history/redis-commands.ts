import { Redis } from 'ioredis';

/** Only in a commit's request: the record of the turn that it writes. */
export const markOfCommit = '"extractedPayload":';

/** Gives Redis a few commands on a connection of its own; a Redis that can't take them just now goes without. */
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
