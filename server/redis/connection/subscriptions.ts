import { setTimeout } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { closeConnection, firstConnection } from './connect-redis.ts';
import { namedEndpoint, reconnectDelayMs } from './connection-options.ts';
import { openBySentinel, openCluster, openServer } from './open-redis.ts';
import type { RedisConnection } from './open-redis.ts';
import { storeUnavailable } from './redis-errors.ts';
import type { ClusterTarget, RedisEndpoint, RedisTarget } from './redis-target.ts';

type Listener = (message: string) => void;

interface SubscriptionsOptions {
  readonly target: RedisTarget;
  /** The time that subscribing may take, in milliseconds. */
  readonly commandTimeoutMs: number;
}

/** The listeners of one channel, and the subscription that serves them all. */
interface Channel {
  readonly listeners: Set<Listener>;
  readonly subscribed: Promise<unknown>;
}

/**
 * The messages that a server gets through Redis, on connections of its own, however many listen. It subscribes again when
 * a connection was lost. Messages sent meanwhile are lost: a listener that depends on one looks for itself (`onReconnect`).
 */
export class Subscriptions {
  /** Channels that belong to a hash slot. */
  readonly #channels = new Map<string, Channel>();
  /** Channels of the whole Redis. */
  readonly #globalChannels = new Map<string, Set<Listener>>();
  readonly #onReconnect = new Set<() => void>();
  readonly #connections: readonly RedisConnection[];
  readonly #slots: RedisConnection;
  readonly #global: Resubscription;
  readonly #heartbeat: NodeJS.Timeout;

  constructor({ target, commandTimeoutMs }: SubscriptionsOptions) {
    const [slots, whole] = connectSubscribers(target, commandTimeoutMs);
    this.#connections = [...new Set([slots, whole])];
    for (const connection of this.#connections) connection.on('error', () => undefined);
    slots.on('smessage', (name: string, message: string) => {
      for (const listener of this.#channels.get(name)?.listeners ?? []) listener(message);
    });
    whole.on('message', (name: string, message: string) => {
      for (const listener of this.#globalChannels.get(name) ?? []) listener(message);
    });
    new Resubscription(slots, {
      command: 'ssubscribe',
      channels: this.#channels,
      onSubscribed: () => {
        for (const listener of this.#onReconnect) listener();
      },
    }).start();
    this.#slots = slots;
    this.#global = new Resubscription(whole, { command: 'subscribe', channels: this.#globalChannels });
    // Nothing else is sent here, and a connection that only listens would never notice that the other side hangs.
    this.#heartbeat = setInterval(() => {
      if (whole.status === 'ready') whole.ping().catch(() => undefined);
    }, 2 * commandTimeoutMs).unref();
  }

  /**
   * Listens to a channel that belongs to a hash slot. Resolves once it is subscribed, with a function that ends it.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE at once, or soon, where that is not possible now
   */
  async subscribe(name: string, listener: Listener): Promise<() => void> {
    const channel = this.#channels.get(name) ?? {
      listeners: new Set(),
      subscribed: this.#slots.ssubscribe(name),
    };
    this.#channels.set(name, channel);
    channel.listeners.add(listener);
    const stop = (): void => {
      channel.listeners.delete(listener);
      if (channel.listeners.size > 0 || this.#channels.get(name) !== channel) return;
      this.#channels.delete(name);
      this.#slots.sunsubscribe(name).catch(() => undefined);
    };
    try {
      await channel.subscribed;
    } catch (error) {
      stop();
      throw storeUnavailable(error);
    }
    return stop;
  }

  /** Listens to a channel of the whole Redis, permanently; if that is not possible now, as soon as it is. */
  subscribeGlobal(name: string, listener: Listener): void {
    const listeners = this.#globalChannels.get(name) ?? new Set();
    this.#globalChannels.set(name, listeners.add(listener));
    this.#global.start();
  }

  /**
   * Calls `listener` whenever all channels of slots are subscribed, at first or again, until the returned function is
   * called. Messages may have been missed before.
   */
  onReconnect(listener: () => void): () => void {
    this.#onReconnect.add(listener);
    return () => this.#onReconnect.delete(listener);
  }

  /** Resolves with the first connection, or the first sign that there is none. */
  async firstConnection(): Promise<void> {
    await Promise.all(this.#connections.map(firstConnection));
  }

  /** Connects again: the address leads to another server by now, and the connected one may publish nothing more. */
  reconnect(): void {
    for (const connection of this.#connections) connection.disconnect(true);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const connection of this.#connections) closeConnection(connection);
  }
}

interface ResubscriptionOptions {
  /** `ssubscribe`: channels of a hash slot; `subscribe`: channels of the whole Redis. */
  readonly command: 'ssubscribe' | 'subscribe';
  readonly channels: ReadonlyMap<string, unknown>;
  /** Called whenever all channels are subscribed. */
  readonly onSubscribed?: () => void;
}

const retryDelayMs = 200;

/**
 * Subscribes the channels again when the connection was lost, or the slots moved. ioredis does so too, but reports neither
 * success nor failure; and on failure its unhandled rejection ends the process.
 */
class Resubscription {
  readonly #connection: RedisConnection;
  readonly #options: ResubscriptionOptions;
  #isDue = false;
  #isRunning = false;

  constructor(connection: RedisConnection, options: ResubscriptionOptions) {
    this.#connection = connection;
    this.#options = options;
    connection.on('ready', () => this.start());
    // A Cluster has connected to its primaries again.
    connection.on('subscribersReady', () => this.start());
  }

  /** Reports once that all is subscribed, however often it was started meanwhile: in a Cluster's failover that is often. */
  start(): void {
    this.#isDue = true;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    const { onSubscribed = () => undefined } = this.#options;
    this.#isRunning = true;
    while (this.#isDue && this.#connection.status === 'ready') {
      this.#isDue = false;
      if (await this.#subscribeAll()) continue;
      this.#isDue = true;
      await setTimeout(retryDelayMs);
    }
    this.#isRunning = false;
    if (!this.#isDue) onSubscribed();
  }

  async #subscribeAll(): Promise<boolean> {
    const { command, channels } = this.#options;
    try {
      // One by one: those of a Cluster may belong to different nodes.
      await Promise.all([...channels.keys()].map((name) => this.#connection[command](name)));
      return true;
    } catch {
      return false;
    }
  }
}

/** The connections for the channels of slots and for those of the whole Redis: on a Cluster two different ones. */
function connectSubscribers(
  target: RedisTarget,
  commandTimeoutMs: number,
): readonly [slots: RedisConnection, whole: RedisConnection] {
  switch (target.kind) {
    case 'standalone': {
      const redis = openServer(target, commandTimeoutMs, { autoResubscribe: false });
      return [redis, redis];
    }
    case 'sentinel': {
      const redis = openBySentinel(target, commandTimeoutMs, undefined, { autoResubscribe: false });
      return [redis, redis];
    }
    case 'cluster': {
      const cluster = openCluster(target, commandTimeoutMs, { shardedSubscribers: true });
      return [cluster, connectAnyNode(target, { cluster, commandTimeoutMs })];
    }
  }
}

/**
 * A connection to any one node of a cluster, and to the next node after it is lost. ioredis's own for this picks the next
 * node without a pause for as long as none answers.
 */
function connectAnyNode(
  { credentials, tls, nodes }: ClusterTarget,
  { cluster, commandTimeoutMs }: { readonly cluster: Cluster; readonly commandTimeoutMs: number },
): Redis {
  const endpointOf = (attempt: number): RedisEndpoint => {
    const known = cluster.nodes().flatMap(({ options: { host, port } }) => {
      return host === undefined || port === undefined ? [] : [{ host, port }];
    });
    const all = known.length > 0 ? known : nodes;
    return all[attempt % all.length] ?? nodes[0];
  };
  const target = { kind: 'standalone', endpoint: nodes[0], credentials, db: 0, tls } as const;
  const node: Redis = openServer(target, commandTimeoutMs, {
    autoResubscribe: false,
    retryStrategy: (attempt) => {
      Object.assign(node.options, namedEndpoint(endpointOf(attempt), tls));
      return reconnectDelayMs(attempt);
    },
  });
  return node;
}
