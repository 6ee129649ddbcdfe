import { createHash } from 'node:crypto';
import { deferred } from '../deferred.ts';
import { RespFrames, isPush, wordsOf } from './resp-frames.ts';
import { startTcpProxy, urlThrough } from './tcp-proxy.ts';
import type { ProxiedConnection } from './tcp-proxy.ts';

/** A command and its arguments. */
type Request = readonly string[];
type Which = (request: Request) => boolean;

interface Meal {
  /** `request`: the request never reaches Redis. `reply`: Redis executes it, and its reply is lost. */
  readonly what: 'request' | 'reply';
  readonly of: Which;
  /** Afterwards the connection is closed, or stays open and silent. */
  readonly andThen: 'cut' | 'hang';
}

interface Delay {
  readonly what: 'delay';
  readonly of: Which;
  readonly over: Promise<void>;
  readonly arrived: () => void;
}

/** The first of two replies to a request that the proxy sends twice. */
interface Lost {
  readonly what: 'lost';
}

/** A fault for the next request that it matches, once. */
type Order = (Meal | Delay) & { readonly met: () => void };

/** Matches requests that run a script, by its hash or its text. */
export function runsScript(text: string): Which {
  const sha = createHash('sha1').update(text).digest('hex');
  return ([, script]) => script === sha || script === text;
}

/**
 * A TCP proxy in front of a Redis that spoils one request and passes everything else. Later requests on that connection
 * share its fate; other connections are not affected. Use with `await using`.
 */
export async function startReplyEatingProxy(redisUrl: string) {
  const seen: Request[] = [];
  let order: Order | null = null;
  let sentTwice: Which = () => false;

  const takeOrder = (request: Request): Order | null => {
    if (order?.of(request) !== true) return null;
    const taken = order;
    order = null;
    taken.met();
    return taken;
  };
  const target = new URL(redisUrl);
  const proxy = await startTcpProxy({
    target: () => target,
    plugin: (proxied) => {
      const connection = new Connection({
        proxied,
        takeOrder,
        isSentTwice: (request) => sentTwice(request),
        note: (request) => void seen.push(request),
      });
      return { onClientClose: () => connection.clientHasGone(), onCut: () => connection.fallSilent() };
    },
  });
  return {
    url: urlThrough(redisUrl, proxy),
    port: proxy.port,
    /** Drops one request or reply; the returned promise resolves when it came by. */
    eat: (meal: Meal): Promise<void> => {
      const met = deferred();
      order = { ...meal, met: met.resolve };
      return met.promise;
    },
    /**
     * Holds the next such request and all that follows it, although its sender gives up. The returned function delivers
     * it and resolves when Redis has answered.
     */
    delay: (of: Which) => {
      const met = deferred();
      const over = deferred();
      const arrived = deferred();
      order = { what: 'delay', of, over: over.promise, arrived: arrived.resolve, met: met.resolve };
      return {
        met: met.promise,
        letGo: async (): Promise<void> => {
          over.resolve();
          await arrived.promise;
        },
      };
    },
    /** Cancels a drop that has not happened yet. */
    eatNothing: () => {
      order = null;
    },
    /** From now on sends such requests twice and forwards only the second reply, as if the first had been lost. */
    sendTwice: (of: Which) => {
      sentTwice = of;
    },
    /** Returns how many such requests have reached Redis. */
    count: (of: Which): number => seen.filter(of).length,
    /** Breaks every connection and refuses new ones until it is mended. */
    cut: proxy.refuse,
    mend: proxy.admit,
    [Symbol.asyncDispose]: proxy[Symbol.asyncDispose],
  };
}

interface Ends {
  readonly proxied: ProxiedConnection;
  readonly takeOrder: (request: Request) => Order | null;
  readonly isSentTwice: Which;
  readonly note: (request: Request) => void;
}

class Connection {
  readonly #ends: Ends;
  readonly #requests = new RespFrames();
  readonly #replies = new RespFrames();
  /** The replies that Redis still owes, each with what to do with it. */
  readonly #owed: (Order | Lost | null)[] = [];
  #passed = Promise.resolve();
  #isDelayed = false;
  #isSilent = false;

  constructor(ends: Ends) {
    this.#ends = ends;
    const { client, behind } = ends.proxied;
    client.on('data', (chunk) => {
      for (const frame of this.#requests.take(chunk)) {
        this.#passed = this.#passed.then(() => this.#passRequest(frame));
      }
    });
    behind.on('data', (chunk) => {
      for (const frame of this.#replies.take(chunk)) this.#passReply(frame);
    });
  }

  /** Delivers a held request although nobody waits for its reply any more. */
  clientHasGone(): void {
    if (!this.#isDelayed) this.#ends.proxied.cut();
  }

  fallSilent(): void {
    this.#isSilent = true;
  }

  async #passRequest(frame: Buffer): Promise<void> {
    if (this.#isSilent) return;
    const request = wordsOf(frame);
    const order = this.#ends.takeOrder(request);
    if (order?.what === 'request') {
      this.#eat(order);
      return;
    }
    if (order?.what === 'delay') {
      this.#isDelayed = true;
      await order.over;
      this.#isDelayed = false;
    }
    if (this.#ends.isSentTwice(request)) this.#send(frame, request, { what: 'lost' });
    this.#send(frame, request, order);
  }

  #send(frame: Buffer, request: Request, owed: Order | Lost | null): void {
    this.#ends.note(request);
    this.#owed.push(owed);
    this.#ends.proxied.behind.write(frame);
  }

  #passReply(frame: Buffer): void {
    const order = isPush(frame) ? null : (this.#owed.shift() ?? null);
    if (order?.what === 'reply') this.#eat(order);
    if (!this.#isSilent && order?.what !== 'lost') this.#ends.proxied.client.write(frame);
    if (order?.what === 'delay') order.arrived();
  }

  #eat(meal: Meal): void {
    this.#isSilent = true;
    if (meal.andThen === 'cut') this.#ends.proxied.cut();
  }
}
