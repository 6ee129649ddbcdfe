import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { clusterOptions, sentinelOptions, standaloneOptions } from './connection-options.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisTarget } from './redis-target.ts';

interface SubscriberOptions {
  readonly target: RedisTarget;
  /** How long it may take to subscribe, in milliseconds. */
  readonly commandTimeoutMs: number;
}

interface SubscriberEvents {
  smessage: [channel: string, message: string];
  message: [channel: string, message: string];
  /** All channels are subscribed, at first or again. Messages may have been missed before. */
  ready: [];
}

const resubscribeDelayMs = 200;

/**
 * The one connection of a server that hears messages. It subscribes again, by itself, what it had subscribed before the
 * connection was lost or the slots moved: ioredis does so too, but says neither when it has nor that it could not.
 */
export class Subscriber extends EventEmitter<SubscriberEvents> {
  readonly #connection: RedisConnection;
  readonly #shardChannels = new Set<string>();
  readonly #channels = new Set<string>();
  #isDue = false;
  #isSubscribing = false;

  constructor({ target, commandTimeoutMs }: SubscriberOptions) {
    super();
    this.#connection = connectSubscriber(target, commandTimeoutMs);
    this.#connection.on('error', () => undefined);
    this.#connection.on('message', (channel: string, message: string) =>
      this.emit('message', channel, message),
    );
    this.#connection.on('smessage', (channel: string, message: string) =>
      this.emit('smessage', channel, message),
    );
    this.#connection.on('ready', () => void this.#subscribeAll());
    // Of a Cluster: the connections to the primaries were made anew.
    this.#connection.on('subscribersReady', () => void this.#subscribeAll());
  }

  /** Subscribes a channel that belongs to a hash slot. Fails at once, or soon, where that can't be done now. */
  async ssubscribe(channel: string): Promise<void> {
    this.#shardChannels.add(channel);
    try {
      await this.#connection.ssubscribe(channel);
    } catch (error) {
      this.#shardChannels.delete(channel);
      throw error;
    }
  }

  async sunsubscribe(channel: string): Promise<void> {
    this.#shardChannels.delete(channel);
    await this.#connection.sunsubscribe(channel);
  }

  /** Subscribes a channel of the whole Redis for good: where that can't be done now, as soon as it can. */
  subscribe(channel: string): void {
    this.#channels.add(channel);
    if (this.#connection.status === 'ready') void this.#subscribeAll();
  }

  close(): void {
    this.#connection.disconnect();
  }

  /** Tells once that all is subscribed, however often it was asked meanwhile: in a failover of a Cluster that is often. */
  async #subscribeAll(): Promise<void> {
    this.#isDue = true;
    if (this.#isSubscribing) return;
    this.#isSubscribing = true;
    while (this.#isDue && this.#connection.status === 'ready') {
      this.#isDue = false;
      if (await this.#trySubscribeAll()) continue;
      this.#isDue = true;
      await setTimeout(resubscribeDelayMs);
    }
    this.#isSubscribing = false;
    if (!this.#isDue) this.emit('ready');
  }

  async #trySubscribeAll(): Promise<boolean> {
    try {
      await Promise.all([
        ...[...this.#channels].map((channel) => this.#connection.subscribe(channel)),
        // One by one: those of a Cluster may belong to different nodes.
        ...[...this.#shardChannels].map((channel) => this.#connection.ssubscribe(channel)),
      ]);
      return true;
    } catch {
      return false;
    }
  }
}

function connectSubscriber(target: RedisTarget, commandTimeoutMs: number): RedisConnection {
  switch (target.kind) {
    case 'standalone':
      return new Redis({ ...standaloneOptions(target, commandTimeoutMs), autoResubscribe: false });
    case 'sentinel':
      return new Redis({ ...sentinelOptions(target, commandTimeoutMs), autoResubscribe: false });
    case 'cluster':
      return new Cluster([...target.nodes], {
        ...clusterOptions(target, commandTimeoutMs),
        // One more connection to each primary: messages of a slot are heard at the slot's primary alone.
        shardedSubscribers: true,
      });
  }
}
