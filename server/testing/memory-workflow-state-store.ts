import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey, Identity } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import { ConversationUnreadable, readStoredState, readStoredTurn } from '../domain/stored-conversation.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import type {
  Commit,
  CommitGuard,
  CommitResult,
  ConversationsPage,
  FollowedConversation,
  Holder,
  ListedConversations,
  LoadRequest,
  LoadedConversation,
  ReadConversation,
  TranscriptPage,
  TurnsAfter,
  UnreadableGuard,
  CommittedTurn,
  WorkflowStateStore,
} from '../orchestrator/ports/workflow-state-store.ts';
import { callNext, forget } from './memory-world.ts';
import type { MemoryConversation, MemoryWorld } from './memory-world.ts';

interface MemoryStoreOptions {
  readonly ttlSeconds: number;
  readonly transcriptMaxTurns: number;
}

/** Keeps conversations in this process's memory, for contract tests: a server can't be configured to use it (I6). */
export class MemoryWorkflowStateStore implements WorkflowStateStore {
  readonly ttlSeconds: number;
  readonly #world: MemoryWorld;
  readonly #transcriptMaxTurns: number;

  constructor(world: MemoryWorld, { ttlSeconds, transcriptMaxTurns }: MemoryStoreOptions) {
    this.#world = world;
    this.ttlSeconds = ttlSeconds;
    this.#transcriptMaxTurns = transcriptMaxTurns;
  }

  /** Reads what a turn or an end needs; the lease keeper calls it in the step that takes the lease. */
  load(
    key: ConversationKey,
    { turnId, opens, purges = false, historyTurns = 0, cardTurn }: LoadRequest,
  ): LoadedConversation {
    if (!purges) this.#touch(key, opens);
    const found = this.#world.conversation(key);
    const now = this.#world.clock.now();
    const held = { leaseToken: found.lock?.token ?? null, holder: holderOf(found, now) };
    const told = Math.max(historyTurns, held.holder?.isAgentStale === true ? limits.retoldTurns : 0);
    const shown = cardTurn === undefined ? undefined : found.log.get(cardTurn);
    try {
      const loaded: LoadedConversation = {
        ...held,
        state: stateOf(key, found),
        committedTurn: turnId === null ? null : committedTurnOf(key, found, turnId),
        lastTurns: lastTurns(key, found, told),
        cardTurn: shown === undefined ? null : readTurn(key, shown),
      };
      this.#slide(found);
      return loaded;
    } catch (error) {
      if (!(error instanceof ConversationUnreadable)) throw error;
      return {
        ...held,
        state: null,
        committedTurn: null,
        lastTurns: [],
        cardTurn: null,
        unreadable: error,
      };
    }
  }

  read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null> {
    return this.#answer(() => {
      this.#touch(key, false);
      const found = this.#world.conversation(key);
      const state = stateOf(key, found);
      if (state === null) return null;
      const all = [...found.log.entries()];
      const last = all.at(-1);
      const upTo = page.upTo ?? Number.POSITIVE_INFINITY;
      const newestFirst = all.filter(([number]) => number <= upTo).slice(-page.turns);
      const turns = notTooLarge(newestFirst.map(([, entry]) => entry).reverse()).reverse();
      const conversation = {
        state,
        lastTurn: last === undefined ? null : readTurn(key, last[1]),
        turns: turns.map((entry) => readTurn(key, entry)),
      };
      this.#slide(found);
      this.#touch(key, true);
      return conversation;
    });
  }

  readAfter(key: ConversationKey, { after, limit }: TurnsAfter): Promise<FollowedConversation | null> {
    return this.#answer(() => {
      this.#touch(key, false);
      const found = this.#world.conversation(key);
      const state = stateOf(key, found);
      if (state === null) return null;
      const following = [...found.log].filter(([number]) => number > after).slice(0, limit);
      const turns = notTooLarge(following.map(([, entry]) => entry)).map((entry) => readTurn(key, entry));
      if (limit > 0) this.#slide(found);
      this.#touch(key, true);
      return { state, turns };
    });
  }

  commit(key: ConversationKey, { guard, state, turn }: Commit): Promise<CommitResult> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      const isStored =
        turn !== undefined && found.turns.get(turn.record.turnId)?.leaseToken === guard.leaseToken;
      if (isStored || stateOf(key, found)?.committedBy === guard.leaseToken) return 'committed';
      const refusal = refusalOf(key, found, guard);
      if (refusal !== null) return refusal;
      if (guard.loaded === null) forget(found);
      found.state = JSON.stringify(state);
      found.expiresAt = this.#world.clock.now() + this.ttlSeconds * 1000;
      if (turn !== undefined) {
        const { record, inputDigest } = turn;
        found.log.set(record.turn.number, JSON.stringify(record));
        const { leaseToken } = guard;
        found.turns.set(record.turnId, { turnNumber: record.turn.number, inputDigest, leaseToken });
        for (const number of [...found.log.keys()].slice(0, -this.#transcriptMaxTurns))
          found.log.delete(number);
      }
      found.holder = null;
      callNext(found);
      this.#world.hub(key).take({ type: 'changed' });
      return 'committed';
    });
  }

  purge(key: ConversationKey, guard: CommitGuard | UnreadableGuard): Promise<CommitResult> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      if (found.state === null && found.lock === null) return 'committed';
      const refusal = refusalOf(key, found, guard);
      if (refusal !== null) return refusal;
      forget(found);
      found.holder = null;
      callNext(found);
      this.#world.list(key).delete(key.conversationId);
      this.#world.hub(key).take({ type: 'changed' });
      return 'committed';
    });
  }

  list(identity: Identity, { limit, after }: ConversationsPage): Promise<ListedConversations> {
    return this.#answer(() => {
      const all = [...this.#world.list(identity)]
        .sort(([leftId, left], [rightId, right]) => right - left || (leftId < rightId ? 1 : -1))
        .filter(
          ([id, at]) =>
            after === undefined ||
            at < after.lastActiveAt ||
            (at === after.lastActiveAt && id < after.conversationId),
        )
        .map(([conversationId, lastActiveAt]) => ({ conversationId, lastActiveAt }))
        .filter((entry) => this.#world.conversation({ ...identity, ...entry }).state !== null);
      const page = all.slice(0, limit);
      const conversations: { conversationId: string; state: ConversationState }[] = [];
      const unreadable: ConversationUnreadable[] = [];
      for (const { conversationId } of page) {
        const key = { ...identity, conversationId };
        try {
          const state = stateOf(key, this.#world.conversation(key));
          if (state !== null) conversations.push({ conversationId, state });
        } catch (error) {
          if (!(error instanceof ConversationUnreadable)) throw error;
          unreadable.push(error);
        }
      }
      return {
        conversations,
        ...(unreadable.length === 0 ? {} : { unreadable }),
        next: all.length > limit ? (page.at(-1) ?? null) : null,
      };
    });
  }

  isReachable(): Promise<boolean> {
    return Promise.resolve(!this.#world.isDown);
  }

  /** Sets a conversation that could be read back to its full life; others expire (I12). */
  #slide(found: MemoryConversation): void {
    if (found.state !== null) found.expiresAt = this.#world.clock.now() + this.ttlSeconds * 1000;
  }

  #touch(key: ConversationKey, adds: boolean): void {
    const list = this.#world.list(key);
    if (adds || list.has(key.conversationId)) list.set(key.conversationId, this.#world.clock.now());
  }

  #answer<Answer>(work: () => Answer): Promise<Answer> {
    return new Promise((resolve) => {
      if (this.#world.isDown)
        throw new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'The in-memory store was told to be down.');
      resolve(work());
    });
  }
}

function stateOf(key: ConversationKey, { state }: MemoryConversation): ConversationState | null {
  return state === null ? null : readStoredState(key, state);
}

function readTurn(key: ConversationKey, text: string): TurnRecord {
  return readStoredTurn(key, { text, format: null });
}

/** The last turns that can be read, oldest first, as far as they are not too large together; the last one always. */
function lastTurns(key: ConversationKey, { log }: MemoryConversation, atMost: number): TurnRecord[] {
  return notTooLarge([...log.values()].reverse().slice(0, atMost))
    .reverse()
    .flatMap((entry) => {
      try {
        return [readTurn(key, entry)];
      } catch {
        return [];
      }
    });
}

/** The first entries, as far as they are not too large together; the first one always. */
function notTooLarge(entries: readonly string[]): string[] {
  const taken: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += Buffer.byteLength(entry);
    if (taken.length > 0 && bytes > limits.loadedTurnsBytes) break;
    taken.push(entry);
  }
  return taken;
}

function committedTurnOf(
  key: ConversationKey,
  found: MemoryConversation,
  turnId: string,
): CommittedTurn | null {
  const use = found.turns.get(turnId);
  if (use === undefined) return null;
  const { turnNumber, inputDigest } = use;
  const entry = found.log.get(turnNumber);
  return { turnNumber, inputDigest, record: entry === undefined ? null : readTurn(key, entry) };
}

function holderOf({ lock, holder }: MemoryConversation, now: number): Holder | null {
  if (holder === null || holder.token !== lock?.token) return null;
  const { turnId, since, isAgentStale } = holder;
  return { turnId, heldForMs: now - since, isAgentStale };
}

type Refusal = Exclude<CommitResult, 'committed'>;

function refusalOf(
  key: ConversationKey,
  found: MemoryConversation,
  { leaseToken, loaded }: CommitGuard | UnreadableGuard,
): Refusal | null {
  if (found.interrupted.has(leaseToken)) return 'interrupted';
  if (found.lock?.token !== leaseToken) return 'lease-lost';
  if (loaded === 'unreadable') return null;
  const stored = stateOf(key, found);
  const isAsLoaded = stored?.incarnation === loaded?.incarnation && stored?.revision === loaded?.revision;
  return isAsLoaded ? null : 'state-changed';
}
