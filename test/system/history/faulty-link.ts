import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export type Direction = 'requests' | 'replies';

/** One TCP connection through the link. */
interface Pair {
  readonly ends: Readonly<Record<Direction, Socket>>;
  readonly lanes: Readonly<Record<Direction, Lane>>;
}

/** The bytes on their way in one direction, in order. */
interface Lane {
  readonly chunks: { readonly chunk: Buffer; readonly dueAt: number }[];
  timer: NodeJS.Timeout | null;
}

/**
 * The connections to one address: a TCP proxy that can be cut, frozen and slowed. The address is asked for again with each
 * connection. To be held by `await using`.
 */
export async function startFaultyLink(target: () => URL) {
  const pairs = new Set<Pair>();
  const frozen = new Set<Direction>();
  let delayMs = 0;
  let isCut = false;
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
  const cutPair = (pair: Pair): void => {
    pairs.delete(pair);
    for (const direction of ['requests', 'replies'] as const) {
      const { timer } = pair.lanes[direction];
      if (timer !== null) clearTimeout(timer);
      pair.ends[direction].destroy();
    }
  };

  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const { port, hostname } = target();
    const answerer = connect(Number(port), hostname);
    const pair: Pair = {
      ends: { requests: answerer, replies: client },
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
    answerer.on('data', (chunk) => {
      // The request was carried out; that is never known at the other end.
      if (isEating) cutPair(pair);
      else take('replies', chunk);
    });
    for (const socket of [client, answerer]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined).on('close', () => cutPair(pair));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the link has no port');

  return {
    port: address.port,
    /** Breaks every connection, and lets none be made until it is mended. */
    cut: () => {
      isCut = true;
      for (const pair of [...pairs]) cutPair(pair);
    },
    /** Holds what goes in one direction; the connection itself stays. */
    freeze: (direction: Direction) => void frozen.add(direction),
    /** Returns whether a frozen direction holds anything back. */
    holdsBack: (direction: Direction): boolean =>
      frozen.has(direction) && [...pairs].some(({ lanes }) => lanes[direction].chunks.length > 0),
    slow: (byMs: number) => {
      delayMs = byMs;
    },
    /** Lets the next request that holds a text through, and breaks the connection instead of bringing its reply. */
    eatReplyTo: (text: string) => {
      eatsReplyTo = text;
    },
    /** Ends all of that; what was held goes on its way. */
    mend: () => {
      isCut = false;
      delayMs = 0;
      eatsReplyTo = null;
      frozen.clear();
      for (const pair of pairs)
        for (const direction of ['requests', 'replies'] as const) flush(pair, direction);
    },
    [Symbol.asyncDispose]: async () => {
      for (const pair of [...pairs]) cutPair(pair);
      server.close();
      await once(server, 'close');
    },
  };
}

export type FaultyLink = Awaited<ReturnType<typeof startFaultyLink>>;
