import type { FailureReason } from '../../../contract/errors.ts';
import type { LiveEvent } from '../../../contract/watch-events.ts';
import type { ConversationKey } from '../../domain/identity.ts';
import { ConversationChannel } from '../../orchestrator/conversation-channel.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { ConversationFeed, FeedMessage } from '../../orchestrator/ports/conversation-feed.ts';
import type { LiveObserver, LiveTurn } from '../../orchestrator/ports/live-observer.ts';
import type { KeyBuilder } from '../conversation-keys.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';
import type { Subscriptions } from '../connection/subscriptions.ts';
import { readNotice } from './feed-messages.ts';
import { LiveBroadcast, wholeEveryMs } from './live-broadcast.ts';

interface RedisFeedOptions {
  readonly redis: RedisConnection;
  readonly subscriptions: Subscriptions;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
}

interface Heard {
  readonly channel: ConversationChannel;
  readonly subscribed: Promise<() => void>;
}

/** A server that says nothing of its turn for so long is taken for dead. */
const silentMs = 10 * wholeEveryMs;

/** What happens in conversations, over Redis's sharded channels: one subscription a conversation, on one connection. */
export class RedisConversationFeed implements ConversationFeed, LiveObserver {
  readonly #options: RedisFeedOptions;
  readonly #heard = new Map<string, Heard>();
  readonly #broadcasts = new Map<string, LiveBroadcast>();

  constructor(options: RedisFeedOptions) {
    this.#options = options;
    options.subscriptions.onReconnect(() => {
      for (const { channel } of this.#heard.values()) channel.lookAgain();
    });
  }

  async listen(key: ConversationKey, hear: (notice: FeedMessage) => void): Promise<() => void> {
    const name = this.#channelOf(key);
    const heard = this.#heard.get(name) ?? this.#subscribe(name);
    const { channel, subscribed } = heard;
    const leave = channel.join(hear);
    const stop = (): void => {
      leave();
      if (!channel.isEmpty || this.#heard.get(name) !== heard) return;
      this.#heard.delete(name);
      subscribed.then((unsubscribe) => unsubscribe()).catch(() => undefined);
    };
    try {
      await subscribed;
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  began(turn: LiveTurn): void {
    const { redis, clock } = this.#options;
    const channel = this.#channelOf(turn.key);
    const publish = async (message: string): Promise<number> =>
      Number(await redis.spublish(channel, message));
    this.#broadcasts.set(nameOf(turn), new LiveBroadcast(turn, { clock, publish }));
  }

  show(turn: LiveTurn, event: LiveEvent): void {
    this.#broadcasts.get(nameOf(turn))?.show(event);
  }

  over(turn: LiveTurn, failure: FailureReason | null): void {
    const name = nameOf(turn);
    this.#broadcasts.get(name)?.over(failure);
    this.#broadcasts.delete(name);
  }

  #subscribe(name: string): Heard {
    const channel = new ConversationChannel({ clock: this.#options.clock, afterMs: silentMs });
    const subscribed = this.#options.subscriptions.subscribe(name, (message) => {
      const notice = readNotice(message);
      if (notice.type === 'live') channel.show(notice);
      else if (notice.type === 'failed') channel.fail(notice);
      else channel.changed();
    });
    const heard = { channel, subscribed };
    this.#heard.set(name, heard);
    return heard;
  }

  #channelOf(key: ConversationKey): string {
    return this.#options.keys.conversation(key).feed;
  }
}

function nameOf({ key: { tenant, user, conversationId }, turnId }: LiveTurn): string {
  return JSON.stringify([tenant, user, conversationId, turnId]);
}
