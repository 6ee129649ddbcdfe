import type { Json } from '../../workflows/definition/json.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import type { WorkflowId } from './results.ts';

/**
 * What a turn brings in: words, what was entered on a card, or nothing, so that the agent speaks first.
 *
 * @example
 * ```ts
 * const input: TurnInput = { type: 'text', text: 'Acme Ltd' };
 * ```
 */
export type TurnInput =
  /** 1 to 8000 characters, without the space around them. */
  | { type: 'text'; text: string }
  | {
      type: 'cardAction';
      /** A card that the agent showed in this conversation: its message's `cardId`. */
      cardId: string;
      /** What was entered, as a card renderer hands it over. */
      data: Readonly<Record<string, Json>>;
      /** The action's verb, else its id: needed where the card has several that submit the same data. */
      action?: string | undefined;
    }
  | { type: 'open' };

/**
 * What a turn, or an end, does when another turn of its conversation is running: fail (and be tried again), wait in line
 * for it, or take its place.
 *
 * @example
 * ```ts
 * const whenBusy: WhenBusy = 'wait';
 * ```
 */
export type WhenBusy = 'reject' | 'wait' | 'interrupt';

interface OfConversation {
  /** 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ - */
  conversationId: string;
}

/** How a call gets along with others of its conversation. */
interface AmongOthers {
  /** @default 'reject' */
  whenBusy?: WhenBusy | undefined;
  /** The longest wait for others, in milliseconds; the server's setting bounds it. */
  waitMs?: number | undefined;
}

/**
 * The input of `workflow.turn`.
 *
 * @example
 * ```ts
 * const request: TurnRequest<ShippedDefinition> = { conversationId: id, input: { type: 'open' } };
 * ```
 */
export interface TurnRequest<Definition extends TypedDefinition> extends OfConversation, AmongOthers {
  /** Needed to open a conversation where the server runs more than one workflow. */
  workflowId?: WorkflowId<Definition> | undefined;
  /** The idempotency key: 1 to 64 characters of A-Z a-z 0-9 . _ - */
  turnId?: string | undefined;
  input: TurnInput;
}

/**
 * The input of `workflow.get`.
 *
 * @example
 * ```ts
 * const request: GetConversationRequest = { conversationId: id, messages: { limit: 20 } };
 * ```
 */
export interface GetConversationRequest extends OfConversation {
  messages?:
    | {
        /** 1 to 100. */
        limit: number;
        /** The `olderBefore` of the page after this one. */
        before?: string | undefined;
      }
    | undefined;
  /**
   * Says that the conversation may well not be there. WORKFLOW_NOT_FOUND then comes with HTTP status 200, so that no browser
   * writes an error to its console.
   * @default false
   */
  mayBeMissing?: boolean | undefined;
}

/**
 * The input of `workflow.end`.
 *
 * @example
 * ```ts
 * const request: EndConversationRequest = { conversationId: id, outcome: 'completed' };
 * ```
 */
export interface EndConversationRequest extends OfConversation, AmongOthers {
  outcome: 'completed' | 'cancelled';
  /** Why, in at most 500 characters. */
  reason?: string | undefined;
  /** Deletes everything about the conversation. @default false */
  purge?: boolean | undefined;
}

/**
 * Which page of the caller's conversations to list.
 *
 * @example
 * ```ts
 * const next: ListRequest = { limit: 10, cursor: nextCursor };
 * ```
 */
export interface ListRequest {
  /** 1 to 100. @default 20 */
  limit?: number | undefined;
  /** The `nextCursor` of the page before this one. */
  cursor?: string | null | undefined;
  /** Sent by tRPC's infinite queries; there is no other way to go. */
  direction?: 'forward' | undefined;
}

/** Which conversation to watch, and from where on. */
export interface WatchRequest extends OfConversation {
  /** Begin behind this turn; by default behind the last one. */
  after?: number | undefined;
  /** Whether to wait for a conversation that has not been opened yet, rather than fail. @default false */
  awaitOpening?: boolean | undefined;
  /** Go on behind this event; tRPC's clients send it by themselves when they come back. */
  lastEventId?: string | undefined;
}
