import { EventEmitter } from 'node:events';
import { Cluster, Redis } from 'ioredis';
import { closeConnection, firstConnection } from './connect-redis.ts';
import { clusterOptions, sentinelOptions, standaloneOptions } from './connection-options.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { ClusterTarget, RedisTarget } from './redis-target.ts';
import { Resubscription } from './resubscription.ts';

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
      const redis = new Redis({ ...standaloneOptions(target, commandTimeoutMs), autoResubscribe: false });
      return [redis, redis];
    }
    case 'sentinel': {
      const redis = new Redis({ ...sentinelOptions(target, commandTimeoutMs), autoResubscribe: false });
      return [redis, redis];
    }
    case 'cluster': {
      const options = { ...clusterOptions(target, commandTimeoutMs), shardedSubscribers: true };
      const cluster = new Cluster([...target.nodes], options);
      return [cluster, connectAnyNode(target, { cluster, commandTimeoutMs })];
    }
  }
}

/**
 * A connection to any one node, and after it is lost to the next one. A Cluster's own for this picks its next node
 * without a pause, for as long as none answers.
 */
function connectAnyNode(
  target: ClusterTarget,
  { cluster, commandTimeoutMs }: { readonly cluster: Cluster; readonly commandTimeoutMs: number },
): Redis {
  const endpointOf = (attempt: number) => {
    const known = cluster.nodes().map(({ options: { host, port } }) => ({ host, port }));
    const nodes = known.length > 0 ? known : target.nodes;
    return nodes[attempt % nodes.length];
  };
  const {
    credentials,
    tls,
    nodes: [endpoint],
  } = target;
  const options = standaloneOptions(
    { kind: 'standalone', endpoint, credentials, db: 0, tls },
    commandTimeoutMs,
  );
  const node: Redis = new Redis({
    ...options,
    autoResubscribe: false,
    retryStrategy: (attempt) => {
      Object.assign(node.options, endpointOf(attempt));
      return options.retryStrategy(attempt);
    },
  });
  return node;
}
