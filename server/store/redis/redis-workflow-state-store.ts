import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ConversationKey, Identity } from '../../domain/identity.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type {
  Commit,
  CommitGuard,
  CommitResult,
  ConversationsPage,
  ListedConversations,
  LoadedConversation,
  ReadConversation,
  TranscriptPage,
  WorkflowStateStore,
} from '../../orchestrator/ports/workflow-state-store.ts';
import type { ConversationKeys, KeyBuilder } from '../../redis/conversation-keys.ts';
import { storeUnavailable } from '../../redis/unavailable.ts';
import { listConversations } from './list-conversations.ts';
import { defineStoreScripts } from './store-scripts.ts';
import { readRecord, readState, readUse, writeRecord, writeState, writeUse } from './stored-json.ts';

export interface RedisStoreOptions {
  readonly redis: Redis;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
  /** How long a conversation lives past its last interaction. */
  readonly ttlSeconds: number;
  /** How many turns the transcript keeps. */
  readonly transcriptMaxTurns: number;
  /** A listed conversation that is not stored so long after its last activity is not being opened any more. */
  readonly openingMaxMs: number;
}

// ioredis hands Lua's `false` over as null.
const loadReply = z.tuple([
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
]);
const readReply = z.tuple([z.string(), z.string().nullable(), z.array(z.string())]).nullable();
const commitReply = z.enum(['committed', 'lease-lost', 'state-changed']);

/** Conversations in Redis: one key each for state, transcript and turn ids, and one sorted set per user. */
export class RedisWorkflowStateStore implements WorkflowStateStore {
  readonly ttlSeconds: number;
  readonly #options: RedisStoreOptions;

  constructor(options: RedisStoreOptions) {
    this.ttlSeconds = options.ttlSeconds;
    this.#options = options;
    defineStoreScripts(options.redis);
  }

  async load(
    key: ConversationKey,
    { turnId, opens }: { turnId: string | null; opens: boolean },
  ): Promise<LoadedConversation> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const [reply] = await available(
      Promise.all([
        redis.loadConversation(...inScriptOrder(keys), this.#life, turnId ?? ''),
        this.#touch(key, opens ? 'add' : 'refresh'),
      ]),
    );
    const [state, leaseToken, use, record] = loadReply.parse(reply);
    return {
      leaseToken,
      state: state === null ? null : readState(state),
      usedTurnId: use === null ? null : readUse(use, record),
    };
  }

  async read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const upTo = page.upTo === undefined ? '+' : String(page.upTo);
    const [reply] = await available(
      Promise.all([
        redis.readConversation(keys.state, keys.log, keys.turns, this.#life, upTo, String(page.turns)),
        this.#touch(key, 'refresh'),
      ]),
    );
    const found = readReply.parse(reply);
    if (found === null) return null;
    const [state, lastTurn, newestFirst] = found;
    return {
      state: readState(state),
      lastTurn: lastTurn === null ? null : readRecord(lastTurn),
      turns: newestFirst.map(readRecord).reverse(),
    };
  }

  async commit(key: ConversationKey, { guard, state, turn }: Commit): Promise<CommitResult> {
    const { redis, transcriptMaxTurns } = this.#options;
    const written =
      turn === undefined
        ? ['', '', '', '']
        : [
            String(turn.record.turn.number),
            turn.record.turnId,
            writeUse(turn.record.turn.number, turn.inputDigest),
            writeRecord(turn.record),
          ];
    const committing = redis.commitConversation(
      ...inScriptOrder(this.#keysOf(key)),
      ...guardArguments(guard),
      writeState(state),
      this.#life,
      ...written,
      String(transcriptMaxTurns),
    );
    // It is listed since it was loaded. Behind the commit once more, so that the list lives as long as what it lists;
    // where only that fails, the commit stands.
    const listing = this.#touch(key, 'refresh').catch(() => undefined);
    const [reply] = await Promise.all([available(committing), listing]);
    return commitReply.parse(reply);
  }

  async purge(key: ConversationKey, guard: CommitGuard): Promise<CommitResult> {
    const { redis } = this.#options;
    const reply = await available(
      redis.purgeConversation(...inScriptOrder(this.#keysOf(key)), ...guardArguments(guard)),
    );
    const result = commitReply.parse(reply);
    if (result === 'committed') await available(this.#unlist(key));
    return result;
  }

  async list(identity: Identity, page: ConversationsPage): Promise<ListedConversations> {
    const { redis, keys, clock, openingMaxMs } = this.#options;
    const listed = await available(
      listConversations(redis, {
        listKey: keys.conversations(identity),
        stateKey: (conversationId) => keys.conversation({ ...identity, conversationId }).state,
        page,
        unlistBefore: clock.now() - openingMaxMs,
      }),
    );
    return {
      next: listed.next,
      conversations: listed.conversations.map(({ conversationId, state }) => ({
        conversationId,
        state: readState(state),
      })),
    };
  }

  async isReachable(): Promise<boolean> {
    try {
      await this.#options.redis.ping();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Takes a purged conversation out of the list. Another may have opened it anew and listed it before this took it out;
   * then its lease or its state is there by now, and it is listed again.
   */
  async #unlist(key: ConversationKey): Promise<void> {
    const { redis, keys } = this.#options;
    const { lock, state } = this.#keysOf(key);
    await redis.zrem(keys.conversations(key), key.conversationId);
    if ((await redis.exists(lock, state)) > 0) await this.#touch(key, 'add');
  }

  get #life(): string {
    return String(this.ttlSeconds);
  }

  #keysOf(key: ConversationKey): ConversationKeys {
    return this.#options.keys.conversation(key);
  }

  async #touch(key: ConversationKey, mode: 'add' | 'refresh'): Promise<unknown> {
    const { redis, keys, clock, openingMaxMs } = this.#options;
    const now = clock.now();
    return redis.touchConversationList(
      keys.conversations(key),
      key.conversationId,
      String(now),
      this.#life,
      String(now - this.ttlSeconds * 1000 - openingMaxMs),
      mode,
    );
  }
}

function inScriptOrder({ state, lock, log, turns }: ConversationKeys): string[] {
  return [state, lock, log, turns];
}

function guardArguments({ leaseToken, loaded }: CommitGuard): string[] {
  return [leaseToken, loaded?.incarnation ?? '', String(loaded?.revision ?? 0)];
}

/** Whatever goes wrong with a command, Redis is not available to this call (I6). */
async function available<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    throw storeUnavailable(error);
  }
}
