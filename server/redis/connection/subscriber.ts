import { EventEmitter } from 'node:events';
import type { Cluster, Redis } from 'ioredis';
import { closeConnection, firstConnection } from './connect-redis.ts';
import { reconnectDelayMs } from './connection-options.ts';
import { openBySentinel, openCluster, openServer } from './open-redis.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { ClusterTarget, RedisEndpoint, RedisTarget } from './redis-target.ts';
import { Resubscription } from './resubscription.ts';
import { namedEndpoint } from './tls-options.ts';

interface SubscriberOptions {
  readonly target: RedisTarget;
  /** How long it may take to subscribe, in milliseconds. */
  readonly commandTimeoutMs: number;
}

interface SubscriberEvents {
  smessage: [channel: string, message: string];
  message: [channel: string, message: string];
  /** All channels of slots are subscribed, at first or again. Messages may have been missed before. */
  ready: [];
}

/** What a server hears messages with; it finds its way back by itself. */
export class Subscriber extends EventEmitter<SubscriberEvents> {
  readonly #connections: readonly RedisConnection[];
  readonly #ofSlots: Resubscription;
  readonly #ofAll: Resubscription;
  readonly #heartbeat: NodeJS.Timeout;

  constructor({ target, commandTimeoutMs }: SubscriberOptions) {
    super();
    const [slots, all] = connectSubscribers(target, commandTimeoutMs);
    this.#connections = [...new Set([slots, all])];
    for (const connection of this.#connections) connection.on('error', () => undefined);
    slots.on('smessage', (channel: string, message: string) => this.emit('smessage', channel, message));
    all.on('message', (channel: string, message: string) => this.emit('message', channel, message));
    this.#ofSlots = new Resubscription({
      connection: slots,
      command: 'ssubscribe',
      onAll: () => this.emit('ready'),
    });
    this.#ofAll = new Resubscription({ connection: all, command: 'subscribe', onAll: () => undefined });
    // Nothing else is sent here: who only listens would never know that the other side hangs.
    this.#heartbeat = setInterval(() => {
      if (all.status === 'ready') all.ping().catch(() => undefined);
    }, 2 * commandTimeoutMs).unref();
  }

  /** Subscribes a channel that belongs to a hash slot. Fails at once, or soon, where that can't be done now. */
  async ssubscribe(channel: string): Promise<void> {
    const { channels, connection } = this.#ofSlots;
    channels.add(channel);
    try {
      await connection.ssubscribe(channel);
    } catch (error) {
      channels.delete(channel);
      throw error;
    }
  }

  async sunsubscribe(channel: string): Promise<void> {
    const { channels, connection } = this.#ofSlots;
    channels.delete(channel);
    await connection.sunsubscribe(channel);
  }

  /** Subscribes a channel of the whole Redis for good: where that can't be done now, as soon as it can. */
  subscribe(channel: string): void {
    this.#ofAll.channels.add(channel);
    this.#ofAll.start();
  }

  /** Resolves with the first connection, or the first sign that there is none. */
  async firstConnection(): Promise<void> {
    await Promise.all(this.#connections.map(firstConnection));
  }

  /** Connects again: the address leads to another server by now, and the one at hand may publish nothing more. */
  reconnect(): void {
    for (const connection of this.#connections) connection.disconnect(true);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const connection of this.#connections) closeConnection(connection);
  }
}

/** What hears the channels of slots, and what hears those of the whole Redis: on a Cluster two different things. */
function connectSubscribers(
  target: RedisTarget,
  commandTimeoutMs: number,
): readonly [slots: RedisConnection, all: RedisConnection] {
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
 * A connection to any one node, and after it is lost to the next one. A Cluster's own for this picks its next node
 * without a pause, for as long as none answers.
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
