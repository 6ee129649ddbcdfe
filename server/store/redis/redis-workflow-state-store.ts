import type { ConversationKey, Identity } from '../../domain/identity.ts';
import { limits } from '../../domain/limits.ts';
import { OutcomeUnknown } from '../../orchestrator/outcome-unknown.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type {
  Commit,
  CommitGuard,
  CommitResult,
  ConversationsPage,
  FollowedConversation,
  ListedConversations,
  LoadRequest,
  LoadedConversation,
  ReadConversation,
  TranscriptPage,
  TurnsAfter,
  WorkflowStateStore,
} from '../../orchestrator/ports/workflow-state-store.ts';
import type { ConversationKeys, KeyBuilder } from '../../redis/conversation-keys.ts';
import type { LineTimes } from '../../redis/line-times.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import { storeUnavailable } from '../../redis/unavailable.ts';
import { listConversations } from './list-conversations.ts';
import { commitReply, readConversation, readFollowed, readLoaded } from './read-replies.ts';
import { runReplicated } from './replicated-scripts.ts';
import type { Replication } from './replicated-scripts.ts';
import { defineStoreScripts, storeScripts } from './store-scripts.ts';
import { readState, writeRecord, writeState, writeUse } from './stored-json.ts';

export interface RedisStoreOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly clock: Clock;
  /** How long a conversation lives past its last interaction. */
  readonly ttlSeconds: number;
  /** How many turns the transcript keeps. */
  readonly transcriptMaxTurns: number;
  /** A listed conversation that is not stored so long after its last activity is not being opened any more. */
  readonly openingMaxMs: number;
  /** Whether a commit frees the lease; not where other Redis keep it too, and must free it first. */
  readonly freesLeases: boolean;
  /** Null: a commit is answered once the primary has it. */
  readonly replication: Replication | null;
  readonly line: LineTimes;
}

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
    { turnId, opens, historyTurns = 0, cardTurn }: LoadRequest,
  ): Promise<LoadedConversation> {
    const { redis, replication } = this.#options;
    const { state, lock, log, turns, holder } = this.#keysOf(key);
    const load = [
      ...[state, lock, log, turns, holder],
      ...[this.#life, turnId ?? '', cardTurn === undefined ? '' : String(cardTurn)],
      ...[historyTurns, limits.retoldTurns, limits.loadedTurnsBytes].map(String),
    ];
    const [reply] = await available(
      Promise.all([redis.loadConversation(...load), this.#touch(key, opens ? 'add' : 'refresh')]),
    );
    const loaded = readLoaded(reply);
    // What stands is answered again: a replica must have it by then, as if it were answered for the first time.
    const stands = loaded.usedTurnId !== null || (loaded.state?.status ?? 'active') !== 'active';
    if (replication === null || !stands) return loaded;
    try {
      return readLoaded(await runReplicated(replication, storeScripts.loadConversation, load));
    } catch (error) {
      throw new OutcomeUnknown(storeUnavailable(error));
    }
  }

  async read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const upTo = page.upTo === undefined ? '+' : String(page.upTo);
    const [reply] = await available(
      Promise.all([
        redis.readConversation(
          ...[keys.state, keys.log, keys.turns, keys.holder],
          ...[this.#life, upTo, String(page.turns)],
        ),
        this.#touch(key, 'refresh'),
      ]),
    );
    return readConversation(reply);
  }

  async readAfter(key: ConversationKey, turns: TurnsAfter): Promise<FollowedConversation | null> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const [reply] = await available(
      Promise.all([
        redis.readTurnsAfter(
          ...[keys.state, keys.log, keys.turns, keys.holder, this.#life],
          ...[turns.after, turns.limit, limits.loadedTurnsBytes].map(String),
        ),
        this.#touch(key, 'refresh'),
      ]),
    );
    return readFollowed(reply);
  }

  async commit(key: ConversationKey, { guard, state, turn }: Commit): Promise<CommitResult> {
    const { transcriptMaxTurns } = this.#options;
    const written =
      turn === undefined
        ? ['', '', '', '']
        : [
            String(turn.record.turn.number),
            turn.record.turnId,
            writeUse(turn.record.turn.number, turn.inputDigest, guard.leaseToken),
            writeRecord(turn.record),
          ];
    const committing = this.#write('commitConversation', [
      ...this.#guardedKeys(key, guard),
      ...guardArguments(guard),
      writeState(state),
      this.#life,
      ...written,
      String(transcriptMaxTurns),
      ...this.#freeing(),
    ]);
    // It is listed since it was loaded. Behind the commit once more, so that the list lives as long as what it lists;
    // where only that fails, the commit stands.
    const listing = this.#touch(key, 'refresh').catch(() => undefined);
    const [reply] = await Promise.all([available(committing), listing]);
    return commitReply.parse(reply);
  }

  async purge(key: ConversationKey, guard: CommitGuard): Promise<CommitResult> {
    const purging = this.#write('purgeConversation', [
      ...this.#guardedKeys(key, guard),
      ...guardArguments(guard),
      ...this.#freeing(),
    ]);
    const reply = await available(purging);
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

  async #write(
    command: 'commitConversation' | 'purgeConversation',
    keysAndArguments: readonly string[],
  ): Promise<unknown> {
    const { redis, replication } = this.#options;
    return replication === null
      ? redis[command](...keysAndArguments)
      : runReplicated(replication, storeScripts[command], keysAndArguments);
  }

  #guardedKeys(key: ConversationKey, { leaseToken }: CommitGuard): string[] {
    const { keys } = this.#options;
    const { state, lock, log, turns, holder, waiting, events, feed } = keys.conversation(key);
    return [state, lock, log, turns, holder, waiting, keys.interrupted(key, leaseToken), events, feed];
  }

  /** What the scripts that end a holding must know to call the next in line. */
  #freeing(): string[] {
    const { freesLeases, line } = this.#options;
    return [freesLeases ? String(line.keptMs) : '', String(line.longestWaitMs)];
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
