import type { ConversationKey } from '../../domain/identity.ts';
import { limits } from '../../domain/limits.ts';
import { OutcomeUnknown } from '../../orchestrator/failures.ts';
import type { LoadRequest, LoadedConversation } from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { available, storeUnavailable } from '../connection/redis-errors.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';
import { scripts } from '../scripts/define-scripts.ts';
import type { RedisConversationList } from './conversation-list.ts';
import { readLoaded, slideReply } from './read-replies.ts';
import { runReplicated } from './replication.ts';
import type { Replication } from './replication.ts';

interface LoadOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly ttlSeconds: number;
  readonly list: RedisConversationList;
  /** Null: what the primary has counts as stored. */
  readonly replication: Replication | null;
}

/** A lease that is to be taken in the step that loads. */
export interface WantedLease {
  readonly token: string;
  /** The caller's ticket, as a name under the conversation's keys. */
  readonly ticket: string;
  readonly ttlMs: number;
}

/**
 * Loads conversations in the step that takes their lease: one script, so that nothing can come in between.
 *
 * A loaded conversation is listed before anything of it is committed. What a call returns again (a replay, or the
 * result of a conversation that has ended) is on as many replicas as a commit waits for.
 */
export class ConversationLoads {
  readonly #options: LoadOptions;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /**
   * Loads, and takes the lease if it is free or kept for the ticket: `leaseToken` is the wanted token if it was taken.
   * The request is on its way when the call returns.
   * @param wanted null to load only
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE, OutcomeUnknown; the lease may have been taken then
   */
  async load(
    key: ConversationKey,
    request: LoadRequest,
    wanted: WantedLease | null,
  ): Promise<LoadedConversation> {
    const { redis, list } = this.#options;
    const { purges = false, opens } = request;
    const command = purges ? 'leaseConversationEvenIfFull' : 'leaseConversation';
    const loading = redis[command](...this.#argumentsOf(key, request, wanted));
    const [reply, listing] = await available(
      Promise.all([loading, purges ? null : list.note(key, { opens })]),
    );
    const { found: loaded, mustSlide } = readLoaded(key, reply);
    const isFound = loaded.state !== null;
    if (mustSlide) await this.slide(key);
    // Whatever is committed must be listed by then; this server may have listed one that has been purged since.
    if (opens && !isFound && listing === 'assumed') await available(list.add(key));
    if (isFound && listing !== null) list.found(key, listing);
    if (loaded.committedTurn !== null || (loaded.state?.status ?? 'active') !== 'active')
      await this.#confirmReplicated(key);
    return loaded;
  }

  #argumentsOf(
    key: ConversationKey,
    { turnId, historyTurns = 0, cardTurn }: LoadRequest,
    wanted: WantedLease | null,
  ): string[] {
    const { keys, ttlSeconds } = this.#options;
    const { state, lock, log, turns, holder, forgotten } = keys.conversation(key);
    return [
      state,
      lock,
      log,
      turns,
      holder,
      forgotten,
      String(ttlSeconds),
      turnId ?? '',
      cardTurn === undefined ? '' : String(cardTurn),
      String(historyTurns),
      String(limits.retoldTurns),
      String(limits.loadedTurnsBytes),
      wanted?.token ?? '',
      wanted?.ticket ?? '',
      String(wanted?.ttlMs ?? 0),
    ];
  }

  /** Sets a conversation back to its full life when the server could read it, and the script could not tell that. */
  async slide(key: ConversationKey): Promise<'slid' | 'refused'> {
    const sliding = this.#options.redis.slideConversation(...this.#slideArguments(key));
    return slideReply.parse(await available(sliding));
  }

  /**
   * A replica must have the result as when it was returned first. A write behind it shows that: WAIT counts writes
   * only.
   */
  async #confirmReplicated(key: ConversationKey): Promise<void> {
    const { replication } = this.#options;
    if (replication === null) return;
    try {
      await runReplicated(replication, scripts.slideConversation, this.#slideArguments(key));
    } catch (error) {
      throw new OutcomeUnknown(storeUnavailable(error));
    }
  }

  #slideArguments(key: ConversationKey): string[] {
    const { keys, ttlSeconds } = this.#options;
    const { state, log, turns, holder, forgotten } = keys.conversation(key);
    return [state, log, turns, holder, forgotten, String(ttlSeconds)];
  }
}
