import type { ConversationKey } from '../../domain/identity.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { ConversationCount } from '../../orchestrator/ports/conversation-count.ts';
import { boundsConversations, boundsStoredBytes } from '../../orchestrator/ports/usage-limits.ts';
import { StoredBytes } from './stored-bytes.ts';
import type { StoredBytesOptions } from './stored-bytes.ts';

export interface ConversationCountOptions extends StoredBytesOptions {
  readonly ttlSeconds: number;
  /** The longest that a turn takes to open a conversation, in milliseconds. */
  readonly openingMaxMs: number;
  readonly clock: Clock;
}

/** Time for which a conversation counts as counted after it was, in ms. It counts for as much longer than it lives. */
const countedForMs = 60_000;
/** Conversations that are remembered as counted; beyond that, the oldest are forgotten, which costs a command. */
const mostRemembered = 10_000;

/**
 * Counts the conversations of users and tenants, and the bytes that they take, if a limit goes by them. Nobody waits for it:
 * what could not be counted is counted with the next use of the conversation.
 */
export class RedisConversationCount implements ConversationCount {
  readonly #options: ConversationCountOptions;
  readonly #bytes: StoredBytes;
  /** Times at which conversations were counted, oldest first. */
  readonly #countedAt = new Map<string, number>();

  constructor(options: ConversationCountOptions) {
    this.#options = options;
    this.#bytes = new StoredBytes(options);
  }

  noteUsed(key: ConversationKey): void {
    this.#note(key, { isNew: false, hasGrown: false });
  }

  noteCommitted(key: ConversationKey, { isNew }: { readonly isNew: boolean }): void {
    this.#note(key, { isNew, hasGrown: true });
  }

  notePurged(key: ConversationKey): void {
    const { redis, keys, limits } = this.#options;
    this.#countedAt.delete(keys.conversation(key).state);
    if (boundsConversations(limits)) {
      const { conversationsOfUser, conversationsOfTenant } = keys.usage(key);
      const { ofUser, ofTenant } = keys.countedNames(key);
      redis
        .forgetConversation(conversationsOfUser, conversationsOfTenant, ofUser, ofTenant)
        .catch(() => undefined);
    }
    if (boundsStoredBytes(limits)) this.#bytes.forget(key, this.#lives);
  }

  /**
   * Resolves if a turn's bytes would be counted.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE where Redis refuses to measure
   */
  async requireCounted(key: ConversationKey): Promise<void> {
    await this.#bytes.requireCounted(key, this.#lives);
  }

  /** The life of the sets of counted conversations, in milliseconds: longer than any, or any reserved place, counts. */
  get setLifeMs(): number {
    return this.#lives.keysLifeMs;
  }

  #note(
    key: ConversationKey,
    { isNew, hasGrown }: { readonly isNew: boolean; readonly hasGrown: boolean },
  ): void {
    const { keys, limits, clock } = this.#options;
    const name = keys.conversation(key).state;
    const now = clock.now();
    const countedAt = this.#countedAt.get(name);
    // Negative after the clock was set back.
    const ageMs = countedAt === undefined ? countedForMs : now - countedAt;
    // Another server may have purged the one before of the same id.
    const isDue = isNew || ageMs < 0 || ageMs >= countedForMs;
    if (isDue) this.#remember(name, now);
    const retry = () => this.#countedAt.delete(name);
    if (isDue && boundsConversations(limits)) this.#prolong(key).catch(retry);
    if ((isDue || hasGrown) && boundsStoredBytes(limits)) this.#bytes.count(key, this.#lives).catch(retry);
  }

  async #prolong(key: ConversationKey): Promise<void> {
    const { redis, keys, limits } = this.#options;
    const { conversationsOfUser, conversationsOfTenant } = keys.usage(key);
    const { ofUser, ofTenant } = keys.countedNames(key);
    await redis.countConversation(
      conversationsOfUser,
      conversationsOfTenant,
      limits.userConversations === null ? '' : ofUser,
      limits.tenantConversations === null ? '' : ofTenant,
      String(this.#lives.lifeMs),
      String(this.#lives.keysLifeMs),
    );
  }

  get #lives(): { readonly lifeMs: number; readonly keysLifeMs: number } {
    const { ttlSeconds, openingMaxMs } = this.#options;
    const lifeMs = ttlSeconds * 1000 + countedForMs;
    return { lifeMs, keysLifeMs: lifeMs + openingMaxMs };
  }

  #remember(name: string, now: number): void {
    this.#countedAt.delete(name);
    this.#countedAt.set(name, now);
    if (this.#countedAt.size <= mostRemembered) return;
    const [oldest] = this.#countedAt.keys();
    if (oldest !== undefined) this.#countedAt.delete(oldest);
  }
}
