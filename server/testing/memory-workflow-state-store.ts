import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey, Identity } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import {
  ConversationUnreadable,
  readStoredConversation,
  readTranscriptTurn,
  readTurnRecord,
  readTurnRecords,
  storedFormat,
  storedState,
} from '../domain/stored-conversation.ts';
import type { StoredConversation } from '../domain/stored-conversation.ts';
import type { TranscriptTurn } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import { appendTurn, storedLog } from '../domain/turn-log.ts';
import type { TurnLog } from '../domain/turn-log.ts';
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
import { forgetBefore, isShown, notTooLarge, shownIn, toldFrom } from './memory-log.ts';
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
      const { state, log } = storedOf(key, found) ?? nothingStored;
      const loaded: LoadedConversation = {
        ...held,
        state,
        committedTurn: turnId === null ? null : committedTurnOf(key, found, { turnId, log }),
        lastTurns: lastTurns(key, found, { atMost: told, log }),
        cardTurn: shown === undefined || !isShown(shown, log) ? null : readTranscriptTurn(key, shown),
        ...(log === null ? {} : { log }),
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
      const stored = storedOf(key, found);
      if (stored === null) return null;
      const { state, log } = stored;
      const all = shownIn(found, log);
      const last = all.at(-1);
      const upTo = page.upTo ?? Number.POSITIVE_INFINITY;
      const newestFirst = all.filter(({ number }) => number <= upTo).slice(-page.turns);
      const turns = notTooLarge(newestFirst.reverse()).reverse();
      const conversation = {
        state,
        lastTurn: last === undefined ? null : readTranscriptTurn(key, last),
        turns: turns.map((entry) => readTranscriptTurn(key, entry)),
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
      const stored = storedOf(key, found);
      if (stored === null) return null;
      const { state, log } = stored;
      const following = notTooLarge(
        shownIn(found, log)
          .filter(({ number }) => number > after)
          .slice(0, limit),
      );
      const [first] = following;
      const before = first === undefined ? [] : toldFrom(found, first);
      const turns = readTurnRecords(key, following, before, log?.view ?? null);
      if (limit > 0) this.#slide(found);
      this.#touch(key, true);
      return { state, turns };
    });
  }

  commit(key: ConversationKey, { guard, state, turn, log: loaded }: Commit): Promise<CommitResult> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      const isStored =
        turn !== undefined && found.turns.get(turn.record.turnId)?.leaseToken === guard.leaseToken;
      if (isStored || storedOf(key, found)?.state.committedBy === guard.leaseToken) return 'committed';
      const refusal = refusalOf(key, found, guard);
      if (refusal !== null) return refusal;
      if (guard.loaded === null) forget(found);
      found.expiresAt = this.#world.clock.now() + this.ttlSeconds * 1000;
      const log = loaded ?? null;
      if (turn === undefined) {
        found.state = textOf(state, log === null ? null : { ...log, view: null });
      } else {
        const { record, inputDigest } = turn;
        const { number } = record.turn;
        const { turnId } = record;
        const appended = appendTurn(log, state, record, this.#transcriptMaxTurns);
        const { text, whole } = appended;
        found.state = textOf(state, appended.log);
        found.log.set(number, { number, text, whole, turnId, format: storedFormat });
        found.turns.set(turnId, { turnNumber: number, inputDigest, leaseToken: guard.leaseToken });
        forgetBefore(found, appended.log.first);
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
          const stored = storedOf(key, this.#world.conversation(key));
          if (stored !== null) conversations.push({ conversationId, state: stored.state });
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

const nothingStored: { readonly state: null; readonly log: null } = { state: null, log: null };

function storedOf(key: ConversationKey, { state }: MemoryConversation): StoredConversation | null {
  return state === null ? null : readStoredConversation(key, state);
}

/** The state as JSON, so that nothing shares an object with the store. */
function textOf(state: ConversationState, log: TurnLog | null): string {
  const { incarnation, revision, committedBy, ...rest } = state;
  const stored = storedState(rest, log === null ? null : storedLog(log, state));
  return JSON.stringify({ incarnation, revision, committedBy, format: storedFormat, ...stored });
}

/** The last turns that can be read, oldest first, as far as they are not too large together; the last one always. */
function lastTurns(
  key: ConversationKey,
  found: MemoryConversation,
  { atMost, log }: { readonly atMost: number; readonly log: TurnLog | null },
): TranscriptTurn[] {
  return notTooLarge(shownIn(found, log).reverse().slice(0, atMost))
    .reverse()
    .flatMap((entry) => {
      try {
        return [readTranscriptTurn(key, entry)];
      } catch {
        return [];
      }
    });
}

function committedTurnOf(
  key: ConversationKey,
  found: MemoryConversation,
  { turnId, log }: { readonly turnId: string; readonly log: TurnLog | null },
): CommittedTurn | null {
  const use = found.turns.get(turnId);
  if (use === undefined) return found.forgotten.has(turnId) ? 'forgotten' : null;
  const { turnNumber, inputDigest } = use;
  const entry = found.log.get(turnNumber);
  if (entry === undefined || !isShown(entry, log)) return { turnNumber, inputDigest, record: null };
  const record = readTurnRecord(key, entry, toldFrom(found, entry), log?.view ?? null);
  return { turnNumber, inputDigest, record };
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
  const stored = storedOf(key, found)?.state;
  const isAsLoaded = stored?.incarnation === loaded?.incarnation && stored?.revision === loaded?.revision;
  return isAsLoaded ? null : 'state-changed';
}
