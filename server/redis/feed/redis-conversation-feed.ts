import type { FailureReason } from '../../../contract/errors.ts';
import type { LiveSnapshot } from '../../answer/live-answer.ts';
import type { ConversationKey } from '../../domain/identity.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { ConversationFeed, FeedMessage } from '../../orchestrator/ports/conversation-feed.ts';
import type { LiveObserver, LiveTurn } from '../../orchestrator/ports/live-observer.ts';
import { ConversationHub } from '../../watch/conversation-hub.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import type { Subscriptions } from '../connection/subscriptions.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';
import { readFeedMessage } from './feed-messages.ts';
import { LiveBroadcast, signOfLifeMs } from './live-broadcast.ts';

interface RedisFeedOptions {
  readonly redis: RedisConnection;
  readonly subscriptions: Subscriptions;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
}

/** A hub, and its subscription to the conversation's channel. */
interface SubscribedHub {
  readonly hub: ConversationHub;
  readonly subscribed: Promise<() => void>;
}

/** Silence of a running turn after which its server counts as dead, in milliseconds. */
const silentMs = 10 * signOfLifeMs;

/** Carries messages about conversations over Redis's sharded channels: one hub and one subscription a conversation. */
export class RedisConversationFeed implements ConversationFeed, LiveObserver {
  readonly #options: RedisFeedOptions;
  readonly #hubs = new Map<string, SubscribedHub>();
  readonly #broadcasts = new Map<LiveTurn, LiveBroadcast>();

  constructor(options: RedisFeedOptions) {
    this.#options = options;
    options.subscriptions.onReconnect(() => {
      for (const { hub } of this.#hubs.values()) hub.lookAgain();
    });
  }

  async listen(key: ConversationKey, onMessage: (message: FeedMessage) => void): Promise<() => void> {
    const channel = this.#channelOf(key);
    const { hub, subscribed } = this.#hubs.get(channel) ?? this.#subscribe(channel);
    const leave = hub.join(onMessage);
    try {
      await subscribed;
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  began(turn: LiveTurn): void {
    const { redis, clock } = this.#options;
    const channel = this.#channelOf(turn.key);
    const publish = async (message: string): Promise<number> =>
      Number(await redis.spublish(channel, message));
    this.#broadcasts.set(turn, new LiveBroadcast(turn, { clock, publish }));
  }

  show(turn: LiveTurn, shown: LiveSnapshot): void {
    this.#broadcasts.get(turn)?.show(shown);
  }

  over(turn: LiveTurn, failure: FailureReason | null): void {
    this.#broadcasts.get(turn)?.over(failure);
    this.#broadcasts.delete(turn);
  }

  /** Opens a hub, which goes with its last listener. */
  #subscribe(channel: string): SubscribedHub {
    const hub = new ConversationHub({
      silence: { clock: this.#options.clock, afterMs: silentMs },
      whenEmpty: () => {
        this.#hubs.delete(channel);
        subscribed.then((unsubscribe) => unsubscribe()).catch(() => undefined);
      },
    });
    const subscribed = this.#options.subscriptions.subscribe(channel, (message) =>
      hub.take(readFeedMessage(message)),
    );
    const opened = { hub, subscribed };
    this.#hubs.set(channel, opened);
    return opened;
  }

  #channelOf(key: ConversationKey): string {
    return this.#options.keys.conversation(key).feed;
  }
}
