import { z } from 'zod';
import type { ConversationKey } from '../../domain/identity.ts';
import type { LimitSettings } from '../../orchestrator/ports/usage-limits.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { available } from '../connection/redis-errors.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';

export interface StoredBytesOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly limits: LimitSettings;
}

/** The times for which a size counts, and its keys live, in milliseconds. */
interface Lives {
  readonly lifeMs: number;
  readonly keysLifeMs: number;
}

/**
 * Log entries that are measured one by one. A larger transcript counts by the average of these, so that the cost has a
 * bound (I9).
 */
const measuredEntries = 1_000;

/**
 * Measures conversations, and keeps their sizes with the sums of user and tenant (docs/decisions/0089).
 *
 * A size replaces the one before, so a lost one is made good by the next. Where Redis refuses to measure (its ACL user may
 * not, say), turns are refused until it does, because nothing would bound them.
 */
export class StoredBytes {
  readonly #options: StoredBytesOptions;
  #isRefused = false;

  constructor(options: StoredBytesOptions) {
    this.#options = options;
  }

  /**
   * Measures a conversation, and counts the bytes that it takes. One that is gone is taken out.
   * @throws Error of Redis
   */
  async count(key: ConversationKey, lives: Lives): Promise<void> {
    const { redis, keys } = this.#options;
    const { state, log, turns, forgotten } = keys.conversation(key);
    try {
      const reply = await redis.measureConversation(state, log, turns, forgotten, String(measuredEntries));
      await this.#note(key, bytesReply.parse(reply), lives);
      this.#isRefused = false;
    } catch (error) {
      this.#isRefused ||= error instanceof Error && error.name === 'ReplyError';
      throw error;
    }
  }

  /** Takes a conversation out. Never throws: otherwise it counts until it would have expired. */
  forget(key: ConversationKey, lives: Lives): void {
    this.#note(key, 0, lives).catch(() => undefined);
  }

  /**
   * Resolves if conversations are measured. Only where one could not be, the answer takes a request.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  async requireCounted(key: ConversationKey, lives: Lives): Promise<void> {
    if (this.#isRefused) await available(this.count(key, lives));
  }

  async #note(key: ConversationKey, bytes: number, { lifeMs, keysLifeMs }: Lives): Promise<void> {
    const { redis, keys, limits } = this.#options;
    const usage = keys.usage(key);
    const { ofUser, ofTenant } = keys.countedNames(key);
    await redis.countStoredBytes(
      usage.bytesOfUser,
      usage.bytesOfUserUntil,
      usage.bytesOfTenant,
      usage.bytesOfTenantUntil,
      limits.userStoredBytes === null ? '' : ofUser,
      limits.tenantStoredBytes === null ? '' : ofTenant,
      String(bytes),
      String(lifeMs),
      String(keysLifeMs),
    );
  }
}

const bytesReply = z.int().nonnegative();
