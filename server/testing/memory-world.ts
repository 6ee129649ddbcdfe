import type { TurnRecord } from '../domain/result.ts';
import type { ConversationKey, Identity } from '../domain/identity.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';

/** A conversation's keys, as the Redis adapter has them. */
export interface MemoryConversation {
  /** The state as JSON, so that nothing shares an object with the store. */
  state: string | null;
  /** Log entries as JSON, by turn number, oldest first. */
  log: Map<number, string>;
  turns: Map<string, { turnNumber: number; inputDigest: string }>;
  expiresAt: number;
  lock: { token: string; expiresAt: number } | null;
}

/** What the in-memory store and lease share, as they share one Redis in earnest. For contract tests only (I6). */
export class MemoryWorld {
  readonly clock: Clock;
  readonly #conversations = new Map<string, MemoryConversation>();
  /** Conversation ids by last activity, per user. */
  readonly lists = new Map<string, Map<string, number>>();
  /** What a test sets to see a store that is gone. */
  isDown = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  conversation({ tenant, user, conversationId }: ConversationKey): MemoryConversation {
    const name = JSON.stringify([tenant, user, conversationId]);
    const found = this.#conversations.get(name) ?? {
      state: null,
      log: new Map(),
      turns: new Map(),
      expiresAt: 0,
      lock: null,
    };
    this.#conversations.set(name, found);
    const now = this.clock.now();
    if (found.state !== null && found.expiresAt <= now) forget(found);
    if (found.lock !== null && found.lock.expiresAt <= now) found.lock = null;
    return found;
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
}

export function parseRecord(text: string): TurnRecord {
  return JSON.parse(text) as TurnRecord;
}
