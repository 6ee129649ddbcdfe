import type { Message, SuggestedAction } from '../../../contract/message.ts';

/** A message that has no place in its turn yet. */
export type Draft = Omit<Message, 'id' | 'role' | 'turn' | 'cardId'>;

/** What one activity, or an attachment of it, comes to. */
export interface Part {
  readonly drafts: readonly Draft[];
  /** Suggested answers that stand on whatever is said last. */
  readonly suggestions: readonly SuggestedAction[];
}
