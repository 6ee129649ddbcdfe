import { setTimeout } from 'node:timers/promises';
import type { RedisConnection } from './redis-connection.ts';

interface ResubscriptionOptions {
  readonly connection: RedisConnection;
  /** `ssubscribe`: channels of a hash slot; `subscribe`: channels of the whole Redis. */
  readonly command: 'ssubscribe' | 'subscribe';
  /** Told whenever all channels are subscribed, at first and again. */
  readonly onAll: () => void;
}

const retryDelayMs = 200;

/**
 * Channels that are subscribed again when the connection was lost, or the slots moved. ioredis does so too, but says
 * neither when it has nor that it could not; and where it could not, an unhandled rejection ends the process.
 */
export class Resubscription {
  readonly channels = new Set<string>();
  readonly connection: RedisConnection;
  readonly #options: ResubscriptionOptions;
  #isDue = false;
  #isRunning = false;

  constructor(options: ResubscriptionOptions) {
    const { connection } = options;
    this.connection = connection;
    this.#options = options;
    connection.on('ready', () => this.start());
    // Of a Cluster: the connections to its primaries were made anew.
    connection.on('subscribersReady', () => this.start());
    if (connection.status === 'ready') this.start();
  }

  /** Tells once that all is subscribed, however often it was started meanwhile: in a failover of a Cluster that is often. */
  start(): void {
    this.#isDue = true;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    const { connection, onAll } = this.#options;
    this.#isRunning = true;
    while (this.#isDue && connection.status === 'ready') {
      this.#isDue = false;
      if (await this.#subscribeAll()) continue;
      this.#isDue = true;
      await setTimeout(retryDelayMs);
    }
    this.#isRunning = false;
    if (!this.#isDue) onAll();
  }

  async #subscribeAll(): Promise<boolean> {
    const { connection, command } = this.#options;
    try {
      // One by one: those of a Cluster may belong to different nodes.
      await Promise.all([...this.channels].map((channel) => connection[command](channel)));
      return true;
    } catch {
      return false;
    }
  }
}
