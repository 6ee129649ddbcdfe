import type { Socket } from 'node:net';
import { startTcpProxy } from './tcp-proxy.ts';
import type { ProxyPlugin } from './tcp-proxy.ts';

export type Direction = 'requests' | 'replies';

/** One TCP connection through the link. */
interface Pair {
  readonly ends: Readonly<Record<Direction, Socket>>;
  readonly lanes: Readonly<Record<Direction, Lane>>;
}

/** The bytes in transit in one direction, in order. */
interface Lane {
  readonly chunks: { readonly chunk: Buffer; readonly dueAt: number }[];
  timer: NodeJS.Timeout | null;
}

/**
 * A TCP proxy to one address that can be cut, frozen and slowed. It asks for the address at each connection. Use with
 * `await using`.
 */
export async function startFaultyLink(target: () => URL) {
  const pairs = new Set<Pair>();
  const frozen = new Set<Direction>();
  let delayMs = 0;
  let eatsReplyTo: string | null = null;

  const flush = (pair: Pair, direction: Direction): void => {
    const lane = pair.lanes[direction];
    if (lane.timer !== null) clearTimeout(lane.timer);
    lane.timer = null;
    if (frozen.has(direction)) return;
    const now = performance.now();
    for (;;) {
      const first = lane.chunks[0];
      if (first === undefined) return;
      if (first.dueAt > now) {
        lane.timer = setTimeout(() => flush(pair, direction), first.dueAt - now);
        return;
      }
      lane.chunks.shift();
      pair.ends[direction].write(first.chunk);
    }
  };
  const passInOrder: ProxyPlugin = ({ client, behind, cut }) => {
    const pair: Pair = {
      ends: { requests: behind, replies: client },
      lanes: { requests: { chunks: [], timer: null }, replies: { chunks: [], timer: null } },
    };
    pairs.add(pair);
    let isEating = false;
    const take = (direction: Direction, chunk: Buffer): void => {
      pair.lanes[direction].chunks.push({ chunk, dueAt: performance.now() + delayMs });
      flush(pair, direction);
    };
    client.on('data', (chunk) => {
      if (eatsReplyTo !== null && chunk.includes(eatsReplyTo)) {
        eatsReplyTo = null;
        isEating = true;
      }
      take('requests', chunk);
    });
    behind.on('data', (chunk) => {
      // Redis executed the request, but the client never learns so.
      if (isEating) cut();
      else take('replies', chunk);
    });
    return {
      onCut: () => {
        pairs.delete(pair);
        for (const { timer } of Object.values(pair.lanes)) if (timer !== null) clearTimeout(timer);
      },
    };
  };
  const proxy = await startTcpProxy({ target, plugin: passInOrder });

  return {
    port: proxy.port,
    /** Breaks every connection and refuses new ones until `mend`. */
    cut: proxy.refuse,
    /** Holds all bytes of one direction; the connection stays open. */
    freeze: (direction: Direction) => void frozen.add(direction),
    /** Returns whether a frozen direction holds any bytes. */
    holdsBack: (direction: Direction): boolean =>
      frozen.has(direction) && [...pairs].some(({ lanes }) => lanes[direction].chunks.length > 0),
    slow: (byMs: number) => {
      delayMs = byMs;
    },
    /** Forwards the next request that contains a text, then breaks the connection in place of its reply. */
    eatReplyTo: (text: string) => {
      eatsReplyTo = text;
    },
    /** Ends all faults; held bytes are delivered. */
    mend: () => {
      proxy.admit();
      delayMs = 0;
      eatsReplyTo = null;
      frozen.clear();
      for (const pair of pairs)
        for (const direction of ['requests', 'replies'] as const) flush(pair, direction);
    },
    [Symbol.asyncDispose]: proxy[Symbol.asyncDispose],
  };
}

export type FaultyLink = Awaited<ReturnType<typeof startFaultyLink>>;
