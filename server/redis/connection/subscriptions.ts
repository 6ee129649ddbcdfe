import type { Subscriber } from './subscriber.ts';
import { storeUnavailable } from './unavailable.ts';

/** Listeners of one channel, and the subscription that serves them all. */
interface Channel {
  readonly listeners: Set<(message: string) => void>;
  readonly subscribed: Promise<unknown>;
}

/**
 * What a server hears through Redis, on one connection of its own, however many listen. Messages that are sent while the
 * connection is down are lost: who depends on one looks again when it is back.
 */
export class Subscriptions {
  readonly #subscriber: Subscriber;
  readonly #channels = new Map<string, Channel>();
  readonly #onBack = new Set<() => void>();

  constructor(subscriber: Subscriber) {
    this.#subscriber = subscriber;
    subscriber.on('smessage', (channel, message) => {
      for (const listener of this.#channels.get(channel)?.listeners ?? []) listener(message);
    });
    subscriber.on('ready', () => {
      for (const listener of this.#onBack) listener();
    });
  }

  /**
   * Hears a channel that belongs to a hash slot; resolves once it does, with what ends it.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  async subscribe(name: string, listener: (message: string) => void): Promise<() => void> {
    const channel = this.#channels.get(name) ?? {
      listeners: new Set(),
      subscribed: this.#subscriber.ssubscribe(name),
    };
    this.#channels.set(name, channel);
    channel.listeners.add(listener);
    const stop = (): void => {
      channel.listeners.delete(listener);
      if (channel.listeners.size > 0 || this.#channels.get(name) !== channel) return;
      this.#channels.delete(name);
      this.#subscriber.sunsubscribe(name).catch(() => undefined);
    };
    try {
      await channel.subscribed;
    } catch (error) {
      stop();
      throw storeUnavailable(error);
    }
    return stop;
  }

  /** Hears a channel of the whole Redis, from when the connection is there, for good. */
  subscribeGlobal(name: string, listener: (message: string) => void): void {
    this.#subscriber.on('message', (channel, message) => {
      if (channel === name) listener(message);
    });
    this.#subscriber.subscribe(name);
  }

  /** Calls `listener` whenever the connection is there again, until the returned function is called. */
  onReconnect(listener: () => void): () => void {
    this.#onBack.add(listener);
    return () => this.#onBack.delete(listener);
  }
}
