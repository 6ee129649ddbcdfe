import type { ConversationKey } from '../../domain/identity.ts';

/**
 * Is told which conversations are stored, so that limits can go by them. No method throws: a conversation that could not
 * be counted is counted again when it is used next.
 */
export interface ConversationCount {
  /** A call has set the conversation back to its full life. */
  noteUsed(key: ConversationKey): void;
  /**
   * A turn, or an end, was stored.
   * @param detail.isNew true if it opened the conversation
   */
  noteCommitted(key: ConversationKey, detail: { readonly isNew: boolean }): void;
  notePurged(key: ConversationKey): void;
}
