import type { ConversationKey, Identity } from '../../domain/identity.ts';
import { limits } from '../../domain/limits.ts';
import type { ConversationState } from '../../domain/state.ts';
import { ConversationUnreadable } from '../../domain/stored-conversation.ts';
import { OutcomeUnknown } from '../../orchestrator/failures.ts';
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
  UnreadableGuard,
  WorkflowStateStore,
} from '../../orchestrator/ports/workflow-state-store.ts';
import type { ConversationKeys, KeyBuilder } from '../conversation-keys.ts';
import type { LineTimes } from '../lease/queue-times.ts';
import { defineProbe, probeLifeMs, probeScript, takesWrites } from '../connection/probe-writes.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { storeUnavailable } from '../connection/unavailable.ts';
import { listConversations } from './list-conversations.ts';
import { commitReply, readConversation, readFollowed, readLoaded, slideReply } from './read-replies.ts';
import type { Reading } from './read-replies.ts';
import { runReplicated } from './replicated-scripts.ts';
import type { Replication } from './replicated-scripts.ts';
import { defineStoreScripts, storeScripts } from './store-scripts.ts';
import { readState, writeRecord, writeState, writeUse } from './stored-json.ts';

export interface RedisStoreOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
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
  #probing: Promise<boolean> | null = null;

  constructor(options: RedisStoreOptions) {
    this.ttlSeconds = options.ttlSeconds;
    this.#options = options;
    defineStoreScripts(options.redis);
    defineProbe(options.redis);
  }

  async load(
    key: ConversationKey,
    { turnId, opens, purges = false, historyTurns = 0, cardTurn }: LoadRequest,
  ): Promise<LoadedConversation> {
    const { redis, replication } = this.#options;
    const { state, lock, log, turns, holder } = this.#keysOf(key);
    const load = [
      ...[state, lock, log, turns, holder],
      ...[this.#life, turnId ?? '', cardTurn === undefined ? '' : String(cardTurn)],
      ...[historyTurns, limits.retoldTurns, limits.loadedTurnsBytes].map(String),
    ];
    // It must be listed before it is opened; besides, the list is a hint.
    const listing = opens ? this.#touch(key, 'add') : purges ? null : this.#touchIfListed(key);
    const [reply] = await available(Promise.all([redis.loadConversation(...load), listing]));
    const { found: loaded, mustSlide } = readLoaded(key, reply);
    if (mustSlide) await this.#slide(key);
    // What stands is answered again: a replica must have it by then, as if it were answered for the first time.
    const stands = loaded.usedTurnId !== null || (loaded.state?.status ?? 'active') !== 'active';
    if (replication === null || !stands) return loaded;
    try {
      return readLoaded(key, await runReplicated(replication, storeScripts.loadConversation, load)).found;
    } catch (error) {
      throw new OutcomeUnknown(storeUnavailable(error));
    }
  }

  async read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const upTo = page.upTo === undefined ? '+' : String(page.upTo);
    const [reply, isListed] = await Promise.all([
      available(
        redis.readConversation(
          ...[keys.state, keys.log, keys.turns, keys.holder],
          ...[this.#life, upTo, String(page.turns), String(limits.loadedTurnsBytes)],
        ),
      ),
      this.#touchIfListed(key),
    ]);
    return this.#afterReading(key, isListed, readConversation(key, reply));
  }

  async readAfter(key: ConversationKey, turns: TurnsAfter): Promise<FollowedConversation | null> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const [reply, isListed] = await Promise.all([
      available(
        redis.readTurnsAfter(
          ...[keys.state, keys.log, keys.turns, keys.holder, this.#life],
          ...[turns.after, turns.limit, limits.loadedTurnsBytes].map(String),
        ),
      ),
      this.#touchIfListed(key),
    ]);
    return this.#afterReading(key, isListed, readFollowed(key, reply));
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
    const [reply] = await Promise.all([available(committing), this.#touchIfListed(key)]);
    return commitReply.parse(reply);
  }

  async purge(key: ConversationKey, guard: CommitGuard | UnreadableGuard): Promise<CommitResult> {
    const purging = this.#write('purgeConversation', [
      ...this.#guardedKeys(key, guard),
      ...guardArguments(guard),
      ...this.#freeing(),
    ]);
    const reply = await available(purging);
    const result = commitReply.parse(reply);
    // The purge stands. Where the list goes on naming the conversation, who reads it takes that out.
    if (result === 'committed') await this.#unlist(key).catch(() => undefined);
    return result;
  }

  async list(identity: Identity, page: ConversationsPage): Promise<ListedConversations> {
    const { redis, keys, openingMaxMs } = this.#options;
    const listed = await available(
      listConversations(redis, {
        listKey: keys.conversations(identity),
        stateKey: (conversationId) => keys.conversation({ ...identity, conversationId }).state,
        page,
        openingMaxMs,
      }),
    );
    const conversations: { conversationId: string; state: ConversationState }[] = [];
    const unreadable: ConversationUnreadable[] = [];
    for (const { conversationId, state } of listed.conversations) {
      const key = { ...identity, conversationId };
      try {
        if (state === null) throw new ConversationUnreadable(key, 'damaged');
        conversations.push({ conversationId, state: readState(key, state) });
      } catch (error) {
        if (!(error instanceof ConversationUnreadable)) throw error;
        unreadable.push(error);
      }
    }
    return { conversations, next: listed.next, ...(unreadable.length === 0 ? {} : { unreadable }) };
  }

  async isReachable(): Promise<boolean> {
    // Whoever asks while it is being found out is told the same: asking must not hold up turns.
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }

  async #probe(): Promise<boolean> {
    const { redis, keys, replication } = this.#options;
    if (replication === null) return takesWrites(redis, keys.probe);
    try {
      await runReplicated(replication, probeScript, [keys.probe, probeLifeMs]);
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

  /** What is left to do once it is known that a conversation can be read. */
  async #afterReading<Found extends ReadConversation | FollowedConversation>(
    key: ConversationKey,
    isListed: boolean | null,
    reading: Reading<Found> | null,
  ): Promise<Found | null> {
    if (reading === null) return null;
    const { found, slid, lifeMs } = reading;
    const [slidNow] = await Promise.all([
      slid === 'unproven' ? this.#slide(key) : slid,
      // The list has lost it: it was evicted, say.
      isListed === false ? this.#touch(key, 'add').catch(() => null) : null,
    ]);
    return slidNow === 'refused' ? { ...found, expiresInMs: Math.max(0, lifeMs) } : found;
  }

  /** Sets back to its full life what a script could not tell to be readable, and is. */
  async #slide(key: ConversationKey): Promise<'slid' | 'refused'> {
    const { redis } = this.#options;
    const { state, log, turns, holder } = this.#keysOf(key);
    return slideReply.parse(await available(redis.slideConversation(state, log, turns, holder, this.#life)));
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

  #guardedKeys(key: ConversationKey, { leaseToken }: Pick<CommitGuard, 'leaseToken'>): string[] {
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

  /** Notes that a conversation is active, and answers whether it is listed. */
  async #touch(key: ConversationKey, mode: 'add' | 'refresh'): Promise<boolean> {
    const { redis, keys, openingMaxMs } = this.#options;
    const list = keys.conversations(key);
    const reply = await redis.touchConversationList(
      ...[list, key.conversationId, this.#life, String(openingMaxMs), mode],
    );
    return reply === 1;
  }

  /**
   * The list is a hint: where it can't be written, or not be reached, the call goes on; null then. Of all that a look at a
   * conversation does, this alone fails on a replica, and so lets the connection see that it leads to one (followSuccessor):
   * the scripts that read catch that their sliding is refused.
   */
  async #touchIfListed(key: ConversationKey): Promise<boolean | null> {
    return this.#touch(key, 'refresh').catch(() => null);
  }
}

function guardArguments({ leaseToken, loaded }: CommitGuard | UnreadableGuard): string[] {
  if (loaded === 'unreadable') return [leaseToken, '', loaded];
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
