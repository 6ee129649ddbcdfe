import { Redis } from 'ioredis';

/** Does something on a connection of its own, which does not outlive it. */
export async function withClient<Result>(
  url: string,
  use: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const client = new Redis(url, { retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
