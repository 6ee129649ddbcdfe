import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { deferred } from './deferred.ts';

interface Hold {
  readonly text: string;
  readonly reached: () => void;
  readonly letGo: Promise<void>;
}

/**
 * A TCP proxy in front of a Redis. It counts *flights*: requests that are sent after something was answered, however
 * many commands each pipelines. It runs in the client's process, so all that the client writes in one go is one chunk.
 * To be held by `await using`.
 */
export async function startCountingProxy(redisUrl: string) {
  const target = new URL(redisUrl);
  const counts = { flights: 0, requestBytes: 0, replyBytes: 0 };
  const sockets = new Set<Socket>();
  let hold: Hold | null = null;

  const server = createServer((client) => {
    const redis = connect(Number(target.port), target.hostname);
    let isAnswered = true;
    let forwarded = Promise.resolve();
    client.on('data', (chunk) => {
      if (isAnswered) counts.flights += 1;
      isAnswered = false;
      counts.requestBytes += chunk.length;
      const held = hold?.text !== undefined && chunk.includes(hold.text) ? hold : null;
      held?.reached();
      forwarded = forwarded.then(() => held?.letGo).then(() => void redis.write(chunk));
    });
    redis.on('data', (chunk) => {
      isAnswered = true;
      counts.replyBytes += chunk.length;
      client.write(chunk);
    });
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(redisUrl);
  url.port = String(address.port);

  return {
    url: url.href,
    /** What `work` sends and is answered. */
    count: async (work: () => Promise<unknown>): Promise<typeof counts> => {
      const before = { ...counts };
      await work();
      return {
        flights: counts.flights - before.flights,
        requestBytes: counts.requestBytes - before.requestBytes,
        replyBytes: counts.replyBytes - before.replyBytes,
      };
    },
    /** Keeps the next request that holds a text from Redis until it is let go. */
    holdBack: (text: string) => {
      const reached = deferred();
      const letGo = deferred();
      hold = { text, reached: reached.resolve, letGo: letGo.promise };
      return {
        reached: reached.promise,
        letGo: () => {
          hold = null;
          letGo.resolve();
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
