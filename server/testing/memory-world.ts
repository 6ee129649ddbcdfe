import type { ConversationKey, Identity } from '../domain/identity.ts';
import type { StoredTurn } from '../domain/stored-conversation.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import { ConversationHub } from '../watch/conversation-hub.ts';

/** A conversation, with the same keys as in Redis. */
export interface MemoryConversation {
  /** The state as JSON, so that nothing shares an object with the store. */
  state: string | null;
  /** Log entries, by turn number, oldest first. */
  log: Map<number, StoredTurn>;
  turns: Map<string, { turnNumber: number; inputDigest: string; leaseToken: string }>;
  /** Turn ids that have left `turns`. */
  forgotten: Set<string>;
  expiresAt: number;
  /** The owner of the lease: its holder, by the lease's token, or the call that it is kept for, by its ticket. */
  lock: { readonly token: string; readonly interrupt: () => void } | null;
  /** The call that holds the lease, or held it last without finishing. */
  holder: {
    readonly token: string;
    readonly turnId: string | null;
    readonly since: number;
    readonly isAgentStale: boolean;
  } | null;
  /** Sorted by arrival; a ticket at the front has arrived before everybody. */
  waiting: { readonly id: string; readonly arrived: number; readonly call: () => void }[];
  readonly interrupted: Set<string>;
}

/** The data that the in-memory store, leases and feed share, as the real ones share Redis. For contract tests only (I6). */
export class MemoryWorld {
  readonly clock: Clock;
  readonly #conversations = new Map<string, MemoryConversation>();
  readonly #hubs = new Map<string, ConversationHub>();
  /** Conversation ids by last activity, per user. */
  readonly lists = new Map<string, Map<string, number>>();
  /** A test sets it to take the store away. */
  isDown = false;
  #arrivals = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  conversation({ tenant, user, conversationId }: ConversationKey): MemoryConversation {
    const name = JSON.stringify([tenant, user, conversationId]);
    const found = this.#conversations.get(name) ?? {
      state: null,
      log: new Map(),
      turns: new Map(),
      forgotten: new Set(),
      expiresAt: 0,
      lock: null,
      holder: null,
      waiting: [],
      interrupted: new Set(),
    };
    this.#conversations.set(name, found);
    if (found.state !== null && found.expiresAt <= this.clock.now()) forget(found);
    return found;
  }

  /** The conversations that are stored, with the characters that their states and logs take as JSON. */
  stored(): { readonly key: ConversationKey; readonly expiresAt: number; readonly bytes: number }[] {
    return [...this.#conversations].flatMap(([name, { state, log, expiresAt }]) => {
      if (state === null || expiresAt <= this.clock.now()) return [];
      const [tenant, user, conversationId] = JSON.parse(name) as [string, string, string];
      const bytes = state.length + JSON.stringify([...log.values()]).length;
      return [{ key: { tenant, user, conversationId }, expiresAt, bytes }];
    });
  }

  /** The hub of the watchers of a conversation. */
  hub({ tenant, user, conversationId }: ConversationKey): ConversationHub {
    const name = JSON.stringify([tenant, user, conversationId]);
    const hub = this.#hubs.get(name) ?? new ConversationHub({ silence: null });
    this.#hubs.set(name, hub);
    return hub;
  }

  /** Counts the calls that come to wait. */
  nextArrival(): number {
    this.#arrivals += 1;
    return this.#arrivals;
  }

  list({ tenant, user }: Identity): Map<string, number> {
    const name = JSON.stringify([tenant, user]);
    const list = this.lists.get(name) ?? new Map<string, number>();
    this.lists.set(name, list);
    return list;
  }
}

export function forget(conversation: MemoryConversation): void {
  conversation.state = null;
  conversation.log.clear();
  conversation.turns.clear();
  conversation.forgotten.clear();
}

/** Frees the lease, or keeps it for the first in the queue. */
export function callNext(conversation: MemoryConversation): void {
  const next = conversation.waiting.shift();
  conversation.lock = next === undefined ? null : { token: next.id, interrupt: () => undefined };
  next?.call();
}
