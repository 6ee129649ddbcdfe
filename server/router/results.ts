import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type {
  ChangedFieldsOf,
  FieldsOf,
  JsonWorkflowTypes,
  StepIdOf,
} from '../../workflows/definition/types.ts';
import type { Message } from '../domain/message.ts';
import type { ExtractedPayload } from '../domain/parsed-turn.ts';
import type { Progress } from '../domain/progress.ts';
import type { Timings, TurnMetadata } from '../domain/result.ts';
import type { Outcome, Status } from '../domain/state.ts';
import type { SuggestedInput } from '../domain/suggested-input.ts';
import type { Summary } from '../domain/summary-schema.ts';
import type { WatchEvent } from '../orchestrator/watch/watch-events.ts';

/** The types that one workflow lends to the results about it. */
interface WorkflowTypes {
  workflowId: string;
  stepId: string;
  fields: object;
  changedFields: object;
}

/** A workflow that was written in TypeScript: its step ids and fields are known to the compiler. */
interface TypesOf<Definition extends WorkflowDefinition> {
  workflowId: Definition['id'];
  stepId: StepIdOf<Definition>;
  fields: FieldsOf<Definition>;
  changedFields: ChangedFieldsOf<Definition>;
}

export interface WorkflowState<Types extends WorkflowTypes> {
  status: Status;
  currentStep: Types['stepId'];
  /** Every field collected so far. */
  collected: Types['fields'];
  turnCount: number;
  definitionVersion: number;
  openedAt: Date;
  updatedAt: Date;
  /** When the conversation is forgotten, if nothing happens until then. */
  expiresAt: Date;
  outcome?: Outcome;
  suggestedInput: SuggestedInput;
}

interface TypedProgress<Types extends WorkflowTypes> extends Progress {
  readonly currentStep: Types['stepId'];
}

interface TypedTurn<Types extends WorkflowTypes> extends Omit<TurnMetadata, 'collected' | 'step'> {
  /** Only what this turn changed; `null` for a field that it cleared. */
  readonly collected: Types['changedFields'];
  readonly step: { readonly from: Types['stepId']; readonly to: Types['stepId'] };
}

interface OfConversation<Types extends WorkflowTypes> {
  conversationId: string;
  workflowId: Types['workflowId'];
  workflowState: WorkflowState<Types>;
  progress: TypedProgress<Types>;
}

interface TurnOutputOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  turnId: string;
  /** Whether this is the recorded result of an earlier call with the same turn id. */
  replayed: boolean;
  /** The agent's, ready to render, in order. */
  messages: readonly Message[];
  extractedPayload: ExtractedPayload | null;
  turn: TypedTurn<Types>;
  /** Of the whole call, in milliseconds. */
  latencyMs: number;
  timings: Timings;
}

interface GetOutputOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  /** What the last turn did; `null` when the transcript holds none. */
  lastTurn: TypedTurn<Types> | null;
  /** A page of the transcript, newest last. */
  messages: readonly Message[];
  /** The `messages.before` of the page before this one; `null` when there is none. */
  olderBefore: string | null;
}

interface EndOutputOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  summary: Summary;
  /** Whether everything about the conversation was deleted with it. */
  purged: boolean;
}

interface CommittedTurnOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  type: 'turn.committed';
  turnId: string;
  /** The user's message, if the turn had one, and the agent's, in order. */
  messages: readonly Message[];
  extractedPayload: ExtractedPayload | null;
  turn: TypedTurn<Types>;
}

interface FinishedConversationOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  type: 'conversation.ended';
  purged: false;
  summary: Summary;
}

/** The events that look the same in every workflow. */
type CommonWatchEvent = Exclude<
  WatchEvent,
  { type: 'turn.committed' } | { type: 'conversation.ended'; purged: false }
>;

/** One result type per workflow, told apart by `workflowId`; written this way so that it distributes over a union. */
export type TurnOutput<Definition extends WorkflowDefinition> =
  | (Definition extends WorkflowDefinition ? TurnOutputOf<TypesOf<Definition>> : never)
  | TurnOutputOf<JsonWorkflowTypes>;

export type GetOutput<Definition extends WorkflowDefinition> =
  | (Definition extends WorkflowDefinition ? GetOutputOf<TypesOf<Definition>> : never)
  | GetOutputOf<JsonWorkflowTypes>;

export type EndOutput<Definition extends WorkflowDefinition> =
  | (Definition extends WorkflowDefinition ? EndOutputOf<TypesOf<Definition>> : never)
  | EndOutputOf<JsonWorkflowTypes>;

export type WatchOutput<Definition extends WorkflowDefinition> =
  | CommonWatchEvent
  | (Definition extends WorkflowDefinition
      ? CommittedTurnOf<TypesOf<Definition>> | FinishedConversationOf<TypesOf<Definition>>
      : never)
  | CommittedTurnOf<JsonWorkflowTypes>
  | FinishedConversationOf<JsonWorkflowTypes>;

/** A workflow's id: one that is known to the compiler, or that of a workflow written in JSON. */
export type WorkflowId<Definition extends WorkflowDefinition> = Definition['id'] | (string & {});

interface ListedConversationOutput {
  conversationId: string;
  workflowId: string;
  title: string;
  status: Status;
  outcome?: Outcome;
  turnCount: number;
  openedAt: Date;
  updatedAt: Date;
  progress: Progress;
}

export interface ListOutput {
  conversations: ListedConversationOutput[];
  /** The `cursor` of the next page; `null` when there is none. */
  nextCursor: string | null;
}
