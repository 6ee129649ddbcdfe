import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey, Identity } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import { conversationStateSchema } from '../domain/state.ts';
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
  UsedTurnId,
  WorkflowStateStore,
} from '../orchestrator/ports/workflow-state-store.ts';
import { callNext, forget, parseRecord } from './memory-world.ts';
import type { MemoryConversation, MemoryWorld } from './memory-world.ts';

interface MemoryStoreOptions {
  readonly ttlSeconds: number;
  readonly transcriptMaxTurns: number;
}

/** Conversations in this process's memory, for contract tests: a server can't be configured to use it (I6). */
export class MemoryWorkflowStateStore implements WorkflowStateStore {
  readonly ttlSeconds: number;
  readonly #world: MemoryWorld;
  readonly #transcriptMaxTurns: number;

  constructor(world: MemoryWorld, { ttlSeconds, transcriptMaxTurns }: MemoryStoreOptions) {
    this.#world = world;
    this.ttlSeconds = ttlSeconds;
    this.#transcriptMaxTurns = transcriptMaxTurns;
  }

  load(
    key: ConversationKey,
    { turnId, opens, historyTurns = 0, cardTurn }: LoadRequest,
  ): Promise<LoadedConversation> {
    return this.#answer(() => {
      this.#touch(key, opens);
      const found = this.#live(key);
      const leaseToken = found.lock?.token ?? null;
      const state = stateOf(found);
      const holder = holderOf(found, this.#world.clock.now());
      const told = Math.max(historyTurns, holder?.isAgentStale === true ? limits.retoldTurns : 0);
      const shown = cardTurn === undefined ? undefined : found.log.get(cardTurn);
      return {
        leaseToken,
        holder,
        lastTurns: lastTurns(found, told),
        cardTurn: shown === undefined ? null : parseRecord(shown),
        state,
        usedTurnId: turnId === null ? null : usedTurnId(found, turnId),
      };
    });
  }

  read(key: ConversationKey, page: TranscriptPage): Promise<ReadConversation | null> {
    return this.#answer(() => {
      this.#touch(key, false);
      const found = this.#live(key);
      const state = stateOf(found);
      if (state === null) return null;
      const all = [...found.log.entries()];
      const last = all.at(-1);
      const upTo = page.upTo ?? Number.POSITIVE_INFINITY;
      const turns = all.filter(([number]) => number <= upTo).slice(-page.turns);
      return {
        state,
        lastTurn: last === undefined ? null : parseRecord(last[1]),
        turns: turns.map(([, entry]) => parseRecord(entry)),
      };
    });
  }

  readAfter(key: ConversationKey, { after, limit }: TurnsAfter): Promise<FollowedConversation | null> {
    return this.#answer(() => {
      this.#touch(key, false);
      const found = this.#live(key);
      const state = stateOf(found);
      if (state === null) return null;
      const following = [...found.log].filter(([number]) => number > after).slice(0, limit);
      return { state, turns: notTooLarge(following.map(([, entry]) => entry)).map(parseRecord) };
    });
  }

  commit(key: ConversationKey, { guard, state, turn }: Commit): Promise<CommitResult> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      const isStored =
        turn !== undefined && found.turns.get(turn.record.turnId)?.leaseToken === guard.leaseToken;
      if (isStored || stateOf(found)?.committedBy === guard.leaseToken) return 'committed';
      const refusal = refusalOf(found, guard);
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
      this.#world.channel(key).changed();
      return 'committed';
    });
  }

  purge(key: ConversationKey, guard: CommitGuard): Promise<CommitResult> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      if (found.state === null && found.lock === null) return 'committed';
      const refusal = refusalOf(found, guard);
      if (refusal !== null) return refusal;
      forget(found);
      found.holder = null;
      callNext(found);
      this.#world.list(key).delete(key.conversationId);
      this.#world.channel(key).changed();
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
        .flatMap(([conversationId, lastActiveAt]) => {
          const state = stateOf(this.#world.conversation({ ...identity, conversationId }));
          return state === null ? [] : [{ conversationId, lastActiveAt, state }];
        });
      const page = all.slice(0, limit);
      const last = page.at(-1);
      return {
        conversations: page.map(({ conversationId, state }) => ({ conversationId, state })),
        next:
          all.length > limit && last !== undefined
            ? { conversationId: last.conversationId, lastActiveAt: last.lastActiveAt }
            : null,
      };
    });
  }

  isReachable(): Promise<boolean> {
    return Promise.resolve(!this.#world.isDown);
  }

  #live(key: ConversationKey): MemoryConversation {
    const found = this.#world.conversation(key);
    if (found.state !== null) found.expiresAt = this.#world.clock.now() + this.ttlSeconds * 1000;
    return found;
  }

  #touch(key: ConversationKey, adds: boolean): void {
    const list = this.#world.list(key);
    if (adds || list.has(key.conversationId)) list.set(key.conversationId, this.#world.clock.now());
  }

  #answer<Answer>(work: () => Answer): Promise<Answer> {
    if (!this.#world.isDown) return Promise.resolve(work());
    return Promise.reject(
      new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'The in-memory store was told to be down.'),
    );
  }
}

function stateOf({ state }: MemoryConversation): ConversationState | null {
  return state === null ? null : conversationStateSchema.parse(JSON.parse(state));
}

/** Up to so many, oldest first, as long as they are not too large together; the last one always. */
function lastTurns({ log }: MemoryConversation, atMost: number): TurnRecord[] {
  return notTooLarge([...log.values()].reverse().slice(0, atMost))
    .reverse()
    .map(parseRecord);
}

/** As many from the first one on as are not too large together; the first one always. */
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

function usedTurnId(found: MemoryConversation, turnId: string): UsedTurnId | null {
  const use = found.turns.get(turnId);
  if (use === undefined) return null;
  const { turnNumber, inputDigest } = use;
  const entry = found.log.get(turnNumber);
  return { turnNumber, inputDigest, record: entry === undefined ? null : parseRecord(entry) };
}

function holderOf({ lock, holder }: MemoryConversation, now: number): Holder | null {
  if (holder === null || holder.token !== lock?.token) return null;
  const { turnId, since, isAgentStale } = holder;
  return { turnId, heldForMs: now - since, isAgentStale };
}

type Refusal = Exclude<CommitResult, 'committed'>;

function refusalOf(found: MemoryConversation, guard: CommitGuard): Refusal | null {
  if (found.interrupted.has(guard.leaseToken)) return 'interrupted';
  if (found.lock?.token !== guard.leaseToken) return 'lease-lost';
  const stored = stateOf(found);
  const isAsLoaded =
    stored?.incarnation === guard.loaded?.incarnation && stored?.revision === guard.loaded?.revision;
  return isAsLoaded ? null : 'state-changed';
}
