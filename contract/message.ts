import type { Json } from '../workflows/definition/json.ts';

/**
 * An answer that the agent offers.
 *
 * @example
 * ```ts
 * const labels = (result.messages.at(-1)?.suggestedActions ?? []).map(({ title }: SuggestedAction) => title);
 * ```
 */
export interface SuggestedAction {
  readonly title: string;
  readonly value: string;
}

/**
 * One thing said in a conversation, ready to be rendered.
 *
 * @example
 * ```ts
 * const texts = result.messages.flatMap(({ text }: Message) => text ?? []);
 * ```
 */
export interface Message {
  /** `<turn>.<position in the turn>`: unique in its conversation, and the same on every replay. */
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly turn: number;
  readonly kind: 'text' | 'card' | 'attachment' | 'event';
  readonly text?: string;
  readonly format?: 'markdown' | 'plain';
  /** The id that a `cardAction` names to act on this card. */
  readonly cardId?: string;
  /** The name of the card's action that the user took, where it has one. */
  readonly action?: string;
  /** An Adaptive Card as the agent sent it: data for a card renderer, never HTML. */
  readonly card?: Json;
  /** The fields that the user set directly, by name; `null` for one that was cleared. */
  readonly data?: Readonly<Record<string, Json>>;
  /** The number of the turn that the user took back. */
  readonly undid?: number;
  readonly attachment?: { readonly contentType: string; readonly url: string; readonly name?: string };
  readonly suggestedActions?: readonly SuggestedAction[];
}
