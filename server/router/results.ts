import type {
  ChangedFieldsOf,
  FieldsOf,
  JsonWorkflowTypes,
  StepIdOf,
  TypedDefinition,
} from '../../workflows/definition/types.ts';
import type { Message } from '../domain/message.ts';
import type { ExtractedPayload } from '../domain/parsed-turn.ts';
import type { Progress } from '../domain/progress.ts';
import type { Timings, TurnMetadata } from '../domain/result.ts';
import type { Outcome, Status } from '../domain/state.ts';
import type { SuggestedInput } from '../domain/suggested-input.ts';
import type { Summary } from '../domain/summary-schema.ts';

/** The types that one workflow lends to the results about it. */
export interface WorkflowTypes {
  workflowId: string;
  stepId: string;
  fields: object;
  fieldName: string;
  changedFields: object;
}

/**
 * What a workflow that the compiler knows lends to the results about it: its step ids and fields.
 *
 * @example
 * ```ts
 * type Vendor = TypesOf<Extract<ShippedDefinition, { id: 'vendor-onboarding' }>>;
 * const step: Vendor['stepId'] = 'company';
 * ```
 */
export interface TypesOf<Definition extends TypedDefinition> {
  workflowId: Definition['id'];
  stepId: StepIdOf<Definition>;
  fields: FieldsOf<Definition>;
  fieldName: FieldNameOf<FieldsOf<Definition>>;
  changedFields: ChangedFieldsOf<Definition>;
}

/**
 * How a conversation stands.
 *
 * @example
 * ```ts
 * function isOpen({ status, expiresAt }: TurnResult['workflowState']): boolean {
 *   return status === 'active' && expiresAt > new Date();
 * }
 * ```
 */
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
  suggestedInput: TypedSuggestedInput<Types['fieldName']>;
}

/**
 * How far a conversation is, in its workflow's own steps.
 *
 * @example
 * ```ts
 * const percent = (progress: TurnResult['progress']): string => `${progress.percentComplete} %`;
 * ```
 */
export interface TypedProgress<Types extends WorkflowTypes> extends Progress {
  readonly currentStep: Types['stepId'];
}

/**
 * What a turn did.
 *
 * @example
 * ```ts
 * const changed = (turn: TurnResult['turn']): string[] => Object.keys(turn.collected);
 * ```
 */
export interface TypedTurn<Types extends WorkflowTypes> extends Omit<TurnMetadata, 'collected' | 'step'> {
  /** Only what this turn changed; `null` for a field that it cleared. */
  readonly collected: Types['changedFields'];
  readonly step: { readonly from: Types['stepId']; readonly to: Types['stepId'] };
}

/**
 * What every result about a conversation says.
 *
 * @example
 * ```ts
 * const { workflowId, progress } = await client.resume(id).get();
 * ```
 */
export interface OfConversation<Types extends WorkflowTypes> {
  conversationId: string;
  workflowId: Types['workflowId'];
  workflowState: WorkflowState<Types>;
  progress: TypedProgress<Types>;
}

/**
 * What a turn came to, in one workflow's types. `TurnResult` is how it is written.
 *
 * @example
 * ```ts
 * const { messages, turn, workflowState }: TurnResult = await conversation.turn('Acme Ltd');
 * ```
 */
export interface TurnOutputOf<Types extends WorkflowTypes> extends OfConversation<Types> {
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

/**
 * A conversation as it stands, in one workflow's types. `ConversationResult` is how it is written.
 *
 * @example
 * ```ts
 * const { messages, olderBefore }: ConversationResult = await conversation.get();
 * ```
 */
export interface GetOutputOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  /** What the last turn did; `null` when the transcript holds none. */
  lastTurn: TypedTurn<Types> | null;
  /** A page of the transcript, newest last. */
  messages: readonly Message[];
  /** The `messages.before` of the page before this one; `null` when there is none. */
  olderBefore: string | null;
}

/**
 * How a conversation ended, in one workflow's types. `EndResult` is how it is written.
 *
 * @example
 * ```ts
 * const { purged }: EndResult = await conversation.end({ outcome: 'cancelled', purge: true });
 * ```
 */
export interface EndOutputOf<Types extends WorkflowTypes> extends OfConversation<Types> {
  summary: Summary;
  /** Whether everything about the conversation was deleted with it. */
  purged: boolean;
  /** Only of a purge: what was stored could not be read, so everything else but `conversationId` is empty. */
  unreadable?: true;
}

// Written so that they distribute over a union of definitions.

/**
 * One result type per workflow, told apart by `workflowId`; `TurnResult` where the workflow may be known.
 *
 * @example
 * ```ts
 * const step = (result: TurnOutput<ShippedDefinition>): string => result.progress.currentStep;
 * ```
 */
export type TurnOutput<Definition extends TypedDefinition> =
  | (Definition extends TypedDefinition ? TurnOutputOf<TypesOf<Definition>> : never)
  | TurnOutputOf<JsonWorkflowTypes>;

/**
 * The same for a conversation as it stands; `ConversationResult` where the workflow may be known.
 *
 * @example
 * ```ts
 * const turns = (result: GetOutput<ShippedDefinition>): number => result.workflowState.turnCount;
 * ```
 */
export type GetOutput<Definition extends TypedDefinition> =
  | (Definition extends TypedDefinition ? GetOutputOf<TypesOf<Definition>> : never)
  | GetOutputOf<JsonWorkflowTypes>;

/**
 * The same for a conversation's end; `EndResult` where the workflow may be known.
 *
 * @example
 * ```ts
 * const title = (result: EndOutput<ShippedDefinition>): string => result.summary.title;
 * ```
 */
export type EndOutput<Definition extends TypedDefinition> =
  | (Definition extends TypedDefinition ? EndOutputOf<TypesOf<Definition>> : never)
  | EndOutputOf<JsonWorkflowTypes>;

/** A workflow's id: one that is known to the compiler, or that of a workflow written in JSON. */
export type WorkflowId<Definition extends TypedDefinition> = Definition['id'] | (string & {});

/**
 * The control that fits the next answer, with the workflow's own fields.
 *
 * @example
 * ```ts
 * const { suggestedInput } = (await client.conversation('vendor-onboarding').get()).workflowState;
 * const asksForName = suggestedInput.field === 'legalName';
 * ```
 */
export interface TypedSuggestedInput<Field extends string> extends SuggestedInput {
  readonly field?: Field;
}

/** The names of fields; any, where the compiler knows none. */
type FieldNameOf<Fields> = [keyof Fields] extends [never] ? string : keyof Fields & string;

/**
 * One of the caller's conversations, as the list has it.
 *
 * @example
 * ```ts
 * const { conversations } = await client.list();
 * const open = conversations.filter(({ status }: ListedConversation) => status === 'active');
 * ```
 */
export interface ListedConversation {
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

/**
 * A page of the caller's conversations.
 *
 * @example
 * ```ts
 * const { conversations, nextCursor }: ConversationPage = await client.list({ limit: 10 });
 * ```
 */
export interface ListOutput {
  conversations: ListedConversation[];
  /** Ids of conversations on this page that can't be read, if there are any: they can only be purged. */
  unreadable?: string[];
  /** The `cursor` of the next page; `null` when there is none. */
  nextCursor: string | null;
}
