import { createHash } from 'node:crypto';
import { deferred } from '../deferred.ts';
import { scripts } from '../scripts.ts';
import { startTcpProxy, urlThrough } from './tcp-proxy.ts';
import type { ProxyPlugin } from './tcp-proxy.ts';

const noteSha = createHash('sha1').update(scripts.touchConversationList).digest('hex');
const noteReplies = new Set([':0\r\n', ':1\r\n']);

/** True for a request that only notes activities in a list. A timer sends it, whatever the counted work does. */
function isNote(chunk: Buffer): boolean {
  const request = chunk.toString('latin1');
  return request.includes(noteSha) && request.split(/evalsha/i).length === 2;
}

interface Hold {
  readonly text: string;
  readonly reached: () => void;
  readonly letGo: Promise<void>;
}

/**
 * A TCP proxy in front of a Redis that counts *flights*: requests sent after a reply, however many commands each
 * pipelines, but for notes in a list. It runs in the client's process, so everything that the client writes at once
 * arrives as one chunk. Use with `await using`.
 */
export async function startCountingProxy(redisUrl: string) {
  const counts = { flights: 0, requestBytes: 0, replyBytes: 0 };
  let hold: Hold | null = null;

  const countFlights: ProxyPlugin = ({ client, behind }) => {
    let isAnswered = true;
    let forwarded = Promise.resolve();
    client.on('data', (chunk) => {
      if (!isNote(chunk)) {
        if (isAnswered) counts.flights += 1;
        isAnswered = false;
        counts.requestBytes += chunk.length;
      }
      const held = hold?.text !== undefined && chunk.includes(hold.text) ? hold : null;
      held?.reached();
      forwarded = forwarded.then(() => held?.letGo).then(() => void behind.write(chunk));
    });
    behind.on('data', (chunk) => {
      if (!noteReplies.has(chunk.toString('latin1'))) {
        isAnswered = true;
        counts.replyBytes += chunk.length;
      }
      client.write(chunk);
    });
    return {};
  };
  const target = new URL(redisUrl);
  const proxy = await startTcpProxy({ target: () => target, plugin: countFlights });

  return {
    url: urlThrough(redisUrl, proxy),
    /** Counts what `work` sends and receives. */
    count: async (work: () => Promise<unknown>): Promise<typeof counts> => {
      const before = { ...counts };
      await work();
      return {
        flights: counts.flights - before.flights,
        requestBytes: counts.requestBytes - before.requestBytes,
        replyBytes: counts.replyBytes - before.replyBytes,
      };
    },
    /** Holds the next request that contains a text until the test releases it. */
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
    [Symbol.asyncDispose]: proxy[Symbol.asyncDispose],
  };
}
