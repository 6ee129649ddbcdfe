import type { JsonWorkflowTypes, TypedDefinition } from '../../workflows/definition/types.ts';
import type { Message } from '../domain/message.ts';
import type { ExtractedPayload } from '../domain/parsed-turn.ts';
import type { Summary } from '../domain/summary-schema.ts';
import type { WatchEvent } from '../watch/watch-events.ts';
import type { OfConversation, TypedTurn, TypesOf, WorkflowTypes } from './results.ts';

/**
 * A turn as it was committed, in one workflow's types; those who watch are shown it once.
 *
 * @example
 * ```ts
 * const changed = (event: WatchEvent): string[] =>
 *   event.type === 'turn.committed' ? Object.keys(event.turn.collected) : [];
 * ```
 */
export interface CommittedTurnOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  type: 'turn.committed';
  turnId: string;
  /** The user's message, if the turn had one, and the agent's, in order. */
  messages: readonly Message[];
  extractedPayload: ExtractedPayload | null;
  turn: TypedTurn<Types>;
}

/**
 * How a conversation that was not purged ended, in one workflow's types, as those who watch are shown it.
 *
 * @example
 * ```ts
 * const summary = (event: WatchEvent): string | null =>
 *   event.type === 'conversation.ended' && !event.purged ? event.summary.title : null;
 * ```
 */
export interface FinishedConversationOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  type: 'conversation.ended';
  purged: false;
  summary: Summary;
}

/**
 * The events of a watch that look the same in every workflow.
 *
 * @example
 * ```ts
 * const isRunning = ({ type }: CommonWatchEvent): boolean => type === 'turn.started';
 * ```
 */
export type CommonWatchEvent = Exclude<
  WatchEvent,
  { type: 'turn.committed' } | { type: 'conversation.ended'; purged: false }
>;

/**
 * What the server shows those who watch; `WatchEvent` where the workflow may be known.
 *
 * @example
 * ```ts
 * const isOver = (event: WatchOutput<ShippedDefinition>): boolean => event.type === 'conversation.ended';
 * ```
 */
export type WatchOutput<Definition extends TypedDefinition> =
  | CommonWatchEvent
  | (Definition extends TypedDefinition
      ? CommittedTurnOf<TypesOf<Definition>> | FinishedConversationOf<TypesOf<Definition>>
      : never)
  | CommittedTurnOf<JsonWorkflowTypes>
  | FinishedConversationOf<JsonWorkflowTypes>;
