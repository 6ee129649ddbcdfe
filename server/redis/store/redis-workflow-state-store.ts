import type { ConversationKey, Identity } from '../../domain/identity.ts';
import { limits } from '../../domain/limits.ts';
import { appendTurn } from '../../domain/turn-log.ts';
import type { TurnLog } from '../../domain/turn-log.ts';
import type {
  Commit,
  CommitGuard,
  CommitResult,
  ConversationsPage,
  FollowedConversation,
  ListedConversations,
  ReadConversation,
  TranscriptPage,
  TurnsAfter,
  UnreadableGuard,
  WorkflowStateStore,
} from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { available } from '../connection/redis-errors.ts';
import { probeLifeMs, takesWrites } from '../connection/redis-health.ts';
import type { ConversationKeys, KeyBuilder } from '../scripts/conversation-keys.ts';
import { scripts } from '../scripts/define-scripts.ts';
import type { QueueTimes } from '../scripts/define-scripts.ts';
import type { Listing, RedisConversationList } from './conversation-list.ts';
import { commitReply, purgeReply, readConversation, readFollowed } from './read-replies.ts';
import type { ReadReply } from './read-replies.ts';
import { runReplicated } from './replication.ts';
import type { Replication } from './replication.ts';
import { writeState, writeCommittedTurn } from './stored-json.ts';

interface RedisStoreOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  /** A conversation's life after its last interaction. */
  readonly ttlSeconds: number;
  /** The number of turns that the transcript keeps. */
  readonly transcriptMaxTurns: number;
  readonly list: RedisConversationList;
  /** Sets a conversation back to its full life when the server could read it, and the script could not tell that. */
  readonly slide: (key: ConversationKey) => Promise<'slid' | 'refused'>;
  /** True if a commit frees the lease; false if a quorum keeps it too, which must be released first. */
  readonly freesLeases: boolean;
  /** Null: a commit returns once the primary has it. */
  readonly replication: Replication | null;
  readonly queue: QueueTimes;
}

/**
 * Conversations in Redis: one key each for state, transcript and turn ids, and one sorted set for each user.
 *
 * Each operation is one Lua script on the conversation's hash slot; this class builds its arguments and reads its reply. It
 * does not know what a turn means (the domain does) nor who may commit (the lease keeper does).
 *
 * - A commit or a purge happens as a whole or not at all (I2), and only for the lease's holder, on top of the state that was
 *   loaded (I3). Sent again, it returns the same. Without a reply its effect is unknown: it throws.
 * - Every operation but `list` and `purge` sets the conversation back to its full life (I7), if it can be read (I12).
 * - The cost of an operation does not grow with the length of the conversation (I9).
 * - Whatever goes wrong with Redis is STATE_STORE_UNAVAILABLE; nothing is kept in memory instead (I6).
 */
export class RedisWorkflowStateStore implements WorkflowStateStore {
  readonly ttlSeconds: number;
  readonly #options: RedisStoreOptions;
  readonly #list: RedisConversationList;
  #probing: Promise<boolean> | null = null;

  constructor(options: RedisStoreOptions) {
    this.ttlSeconds = options.ttlSeconds;
    this.#options = options;
    this.#list = options.list;
  }

  async read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const upTo = page.upTo === undefined ? '+' : String(page.upTo);
    const [reply, listing] = await Promise.all([
      available(
        redis.readConversation(
          keys.state,
          keys.log,
          keys.turns,
          keys.holder,
          keys.forgotten,
          this.#life,
          upTo,
          String(page.turns),
          String(limits.loadedTurnsBytes),
        ),
      ),
      this.#list.note(key, { opens: false }),
    ]);
    return this.#afterReading(key, listing, readConversation(key, reply));
  }

  async readAfter(key: ConversationKey, turns: TurnsAfter): Promise<FollowedConversation | null> {
    const { redis } = this.#options;
    const keys = this.#keysOf(key);
    const [reply, listing] = await Promise.all([
      available(
        redis.readTurnsAfter(
          keys.state,
          keys.log,
          keys.turns,
          keys.holder,
          keys.forgotten,
          this.#life,
          String(turns.after),
          String(turns.limit),
          String(limits.loadedTurnsBytes),
        ),
      ),
      this.#list.note(key, { opens: false }),
    ]);
    return this.#afterReading(key, listing, readFollowed(key, reply));
  }

  async commit(key: ConversationKey, commit: Commit): Promise<CommitResult> {
    let result = await this.#sendCommit(key, commit, { isWhole: false });
    // Nothing is stored yet. An entry that is whole needs none before it.
    if (result === 'log-broken') result = await this.#sendCommit(key, commit, { isWhole: true });
    if (result === 'log-broken') throw new Error('an entry that is whole was taken for one that is not');
    if (result === 'committed') this.#list.committed(key);
    return result;
  }

  async #sendCommit(key: ConversationKey, commit: Commit, { isWhole }: { readonly isWhole: boolean }) {
    const { guard, state, turn, log = null } = commit;
    const loaded = isWhole && log !== null ? { ...log, view: null } : log;
    const { written, log: next } =
      turn === undefined ? endOf(loaded) : this.#entryOf({ guard, state, turn, log: loaded });
    const first = next?.first ?? 1;
    const committing = this.#write('commitConversation', [
      ...this.#guardedKeys(key, guard),
      ...guardArguments(guard),
      writeState(state, next),
      this.#life,
      ...written,
      ...this.#handOverTimes(),
      String(log?.first ?? first),
      String(first),
    ]);
    return commitReply.parse(await available(committing));
  }

  #entryOf({ guard, state, turn, log }: TurnToWrite) {
    const { record, inputDigest } = turn;
    const { number } = record.turn;
    const { text, whole, log: next } = appendTurn(log, state, record, this.#options.transcriptMaxTurns);
    const use = writeCommittedTurn(number, inputDigest, guard.leaseToken);
    return { written: [String(number), record.turnId, use, text, String(whole)], log: next };
  }

  async purge(key: ConversationKey, guard: CommitGuard | UnreadableGuard): Promise<CommitResult> {
    const purging = this.#write('purgeConversation', [
      ...this.#guardedKeys(key, guard),
      ...guardArguments(guard),
      ...this.#handOverTimes(),
    ]);
    const reply = await available(purging);
    const result = purgeReply.parse(reply);
    // The purge stands even if the list goes on naming the conversation: the next reader of the list takes it out.
    if (result === 'committed') await this.#list.remove(key).catch(() => undefined);
    return result;
  }

  async list(identity: Identity, page: ConversationsPage): Promise<ListedConversations> {
    return this.#list.read(identity, page);
  }

  async isReachable(): Promise<boolean> {
    // Calls share a probe under way, so that asking does not hold up turns.
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }

  async #probe(): Promise<boolean> {
    const { redis, keys, replication } = this.#options;
    if (replication === null) return takesWrites(redis, keys.probe);
    try {
      await runReplicated(replication, scripts.probeWrites, [keys.probe, probeLifeMs]);
      return true;
    } catch {
      return false;
    }
  }

  /** Sets a conversation that could be read back to its full life, and lists it again if the list has lost it. */
  async #afterReading<Found extends ReadConversation | FollowedConversation>(
    key: ConversationKey,
    listing: Listing,
    reading: ReadReply<Found> | null,
  ): Promise<Found | null> {
    if (reading === null) return null;
    const { found, slid, lifeMs } = reading;
    this.#list.found(key, listing);
    const slidNow = slid === 'unproven' ? await this.#options.slide(key) : slid;
    return slidNow === 'refused' ? { ...found, expiresInMs: Math.max(0, lifeMs) } : found;
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
      : runReplicated(replication, scripts[command], keysAndArguments);
  }

  #guardedKeys(key: ConversationKey, { leaseToken }: Pick<CommitGuard, 'leaseToken'>): string[] {
    const { keys } = this.#options;
    const { state, lock, log, turns, holder, waiting, events, feed, forgotten } = keys.conversation(key);
    const interrupted = keys.interrupted(key, leaseToken);
    return [state, lock, log, turns, holder, waiting, interrupted, events, feed, forgotten];
  }

  /** The arguments by which a script hands the lease over to the next caller. */
  #handOverTimes(): string[] {
    const { freesLeases, queue } = this.#options;
    return [freesLeases ? String(queue.keptMs) : '', String(queue.longestWaitMs)];
  }

  #keysOf(key: ConversationKey): ConversationKeys {
    return this.#options.keys.conversation(key);
  }
}

interface TurnToWrite extends Pick<Commit, 'guard' | 'state'> {
  readonly turn: NonNullable<Commit['turn']>;
  readonly log: TurnLog | null;
}

/** An end writes no entry, and the state after it tells no turn's view. */
function endOf(log: TurnLog | null) {
  return { written: ['', '', '', '', ''], log: log === null ? null : { ...log, view: null } };
}

function guardArguments({ leaseToken, loaded }: CommitGuard | UnreadableGuard): string[] {
  if (loaded === 'unreadable') return [leaseToken, '', loaded];
  return [leaseToken, loaded?.incarnation ?? '', String(loaded?.revision ?? 0)];
}
