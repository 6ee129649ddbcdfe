import type { ShippedDefinition } from './shipped.ts';
import type { JsonWorkflowTypes, TypedDefinition } from '../workflows/definition/types.ts';
import type { FailureReason } from './errors.ts';
import type { Message } from './message.ts';
import type { ExtractedPayload, OfConversation, TurnMetadata } from './results.ts';
import type { Summary } from './workflow-state.ts';
import type { OfWorkflow, TypesOf, UntypedWorkflow, WorkflowTypes } from './workflow-types.ts';

/** A part of an answer that a client may show while the answer comes. Only the committed messages count. */
export type LiveEvent =
  /** The agent is at work; `text` describes the work, until the next event. */
  | { readonly type: 'agent.typing'; readonly text?: string }
  /**
   * The text named `streamId` keeps its first `offset` UTF-16 units and goes on with `text`. An offset beyond the text
   * that a client has means that the client missed something; one before its end, that the agent took the rest back.
   */
  | {
      readonly type: 'message.delta';
      /** Tells the texts of one turn apart, no more. */
      readonly streamId: string;
      readonly offset: number;
      readonly text: string;
    };

/**
 * The events of a watch that look the same in every workflow.
 *
 * @example
 * ```ts
 * const isRunning = ({ type }: CommonWatchEvent): boolean => type === 'turn.started';
 * ```
 */
export type CommonWatchEvent =
  /** Every turn up to this number was committed before; every later one will be shown. */
  | { readonly type: 'watch.started'; readonly turnNumber: number }
  /** A turn runs. It replaces any turn that was shown as running. */
  | { readonly type: 'turn.started'; readonly turnId: string; readonly turnNumber: number }
  | (LiveEvent & { readonly turnId: string })
  /** The shown turn is not stored. If it is committed after all, `turn.committed` follows. */
  | {
      readonly type: 'turn.failed';
      readonly turnId: string;
      readonly turnNumber: number;
      readonly reason: FailureReason;
      readonly retryable: boolean;
    }
  /** The conversation was purged, or forgotten. Nothing follows. */
  | { readonly type: 'conversation.ended'; readonly purged: true };

/**
 * A turn as it was committed, in one workflow's types; watchers are shown it once.
 *
 * @example
 * ```ts
 * const changed = (event: WatchEvent): string[] =>
 *   event.type === 'turn.committed' ? Object.keys(event.turn.collected) : [];
 * ```
 */
export interface CommittedTurnOf<
  Types extends WorkflowTypes = UntypedWorkflow,
> extends OfConversation<Types> {
  readonly type: 'turn.committed';
  readonly turnId: string;
  /** The user's message, if the turn had one, and the agent's, in order. */
  readonly messages: readonly Message[];
  readonly extractedPayload: ExtractedPayload | null;
  readonly turn: TurnMetadata<Types>;
}

/**
 * The end of a conversation that was not purged, in one workflow's types, as watchers are shown it. Nothing follows.
 *
 * @example
 * ```ts
 * const summary = (event: WatchEvent): string | null =>
 *   event.type === 'conversation.ended' && !event.purged ? event.summary.title : null;
 * ```
 */
export interface FinishedConversationOf<
  Types extends WorkflowTypes = UntypedWorkflow,
> extends OfConversation<Types> {
  readonly type: 'conversation.ended';
  readonly purged: false;
  readonly summary: Summary;
}

/**
 * An event as the server sends it; a client's `WatchEvent` adds the interruptions of its connection.
 *
 * @example
 * ```ts
 * const isOver = (event: ServerWatchEvent): boolean => event.type === 'conversation.ended';
 * ```
 */
export type ServerWatchEvent<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> =
  | CommonWatchEvent
  | OfWorkflow<
      | (Definition extends TypedDefinition
          ? CommittedTurnOf<TypesOf<Definition>> | FinishedConversationOf<TypesOf<Definition>>
          : never)
      | CommittedTurnOf<JsonWorkflowTypes>
      | FinishedConversationOf<JsonWorkflowTypes>,
      Definition['id'],
      Id
    >;
