import { ConversationSession } from './conversation-session.ts';
import type { SessionParts } from './session-parts.ts';

/** The conversations that are shown, or have a turn on its way, by id: components that show the same share it. */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #byId = new Map<string, ConversationSession>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  of(conversationId: string): ConversationSession {
    const known = this.#byId.get(conversationId);
    if (known !== undefined) return known;
    const session = new ConversationSession(this.#parts, conversationId, () => {
      this.#byId.delete(conversationId);
    });
    this.#byId.set(conversationId, session);
    return session;
  }
}
