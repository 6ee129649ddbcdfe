/**
 * The results of the procedures. A result is written once, over the types of its workflow (`TurnResultOf`), and named
 * once for callers (`TurnResult`): one result type per workflow, told apart by `workflowId`.
 */
import type { Json } from '../workflows/definition/json.ts';
import type { ShippedDefinition } from './shipped.ts';
import type { JsonWorkflowTypes, TypedDefinition } from '../workflows/definition/types.ts';
import type { Message } from './message.ts';
import type { Choice, Outcome, Progress, Status, Summary, WorkflowState } from './workflow-state.ts';
import type { OfWorkflow, TypesOf, UntypedWorkflow, WorkflowTypes } from './workflow-types.ts';

/**
 * A value of the agent's that does not fit its field.
 *
 * @example
 * ```ts
 * const explain = ({ field, issues }: RejectedField): string => `${field}: ${issues.join(', ')}`;
 * ```
 */
export interface RejectedField {
  readonly field: string;
  readonly issues: readonly string[];
}

export const agentActions = ['ask', 'research', 'confirm', 'complete', 'error'] as const;
export type AgentAction = (typeof agentActions)[number];

/**
 * The effects of a turn.
 *
 * @example
 * ```ts
 * const changed = (turn: TurnResult['turn']): string[] => Object.keys(turn.collected);
 * ```
 */
export interface TurnMetadata<Types extends WorkflowTypes = UntypedWorkflow> {
  readonly number: number;
  /** True if the collected fields, the current step or the status changed. */
  readonly stateChanged: boolean;
  /** Only the fields that this turn changed; `null` for a field that it cleared. */
  readonly collected: Types['changedFields'];
  readonly rejected: readonly RejectedField[];
  readonly ignored: readonly string[];
  readonly step: { readonly from: Types['stepId']; readonly to: Types['stepId'] };
  readonly action: AgentAction | null;
  /** `none`: the turn asked no agent. */
  readonly parse: 'structured' | 'passthrough' | 'invalid' | 'none';
  readonly parseIssues: readonly string[];
  readonly citations: readonly string[];
  /** The lookups that checked values of this turn; absent where none was needed. */
  readonly lookups?: readonly LookupOutcome[];
  /** The number of the turn that this one took back; absent for every other turn. */
  readonly undid?: number;
  /** Absent where the agent counts no tokens, or its endpoint does not say how many. */
  readonly usage?: TokenUsage;
}

/**
 * The outcome of the lookup that checked a value before it was stored: it found the choice, knows no such choice, or was
 * not available, and the definition accepts the value then.
 *
 * @example
 * ```ts
 * const titles = ({ lookups = [] }: TurnResult['turn']): string[] =>
 *   lookups.flatMap((lookup) => (lookup.kind === 'found' ? [lookup.title] : []));
 * ```
 */
export type LookupOutcome =
  | { readonly field: string; readonly kind: 'found'; readonly value: string; readonly title: string }
  | { readonly field: string; readonly kind: 'unknown' }
  | { readonly field: string; readonly kind: 'unavailable'; readonly value: string };

/**
 * The tokens of one turn, as the model's endpoint counted them.
 *
 * @example
 * ```ts
 * const tokensOf = ({ usage }: TurnResult['turn']): number =>
 *   usage === undefined ? 0 : usage.inputTokens + usage.outputTokens;
 * ```
 */
export interface TokenUsage {
  /** Of the request: rules, past turns, context and the user's words. */
  readonly inputTokens: number;
  /** Of the answer, a reasoning model's thoughts included. */
  readonly outputTokens: number;
}

/** The place in the agent's answer where its structure was found, and how far that place can be trusted. */
export type PayloadSource = 'value' | 'channelData' | 'entities' | 'card' | 'text';
export type Confidence = 'high' | 'medium' | 'low';

/**
 * The structure that was found in the agent's answer.
 *
 * @example
 * ```ts
 * const isSure = (payload: ExtractedPayload | null): boolean => payload?.confidence === 'high';
 * ```
 */
export interface ExtractedPayload {
  readonly source: PayloadSource;
  readonly confidence: Confidence;
  /** The fields as the agent sent them, before any check; only for showing. */
  readonly data: Readonly<Record<string, Json>>;
}

/**
 * The durations of a call's parts, in milliseconds.
 *
 * @example
 * ```ts
 * const ownMs = ({ latencyMs, timings }: { latencyMs: number; timings: Timings }): number =>
 *   latencyMs - timings.agentMs;
 * ```
 */
export interface Timings {
  readonly waitMs: number;
  readonly loadMs: number;
  readonly agentMs: number;
  readonly commitMs: number;
}

/**
 * The part that every result about a conversation has.
 *
 * @example
 * ```ts
 * const { workflowId, progress } = await client.resume(id).get();
 * ```
 */
export interface OfConversation<Types extends WorkflowTypes = UntypedWorkflow> {
  readonly conversationId: string;
  readonly workflowId: Types['workflowId'];
  readonly workflowState: WorkflowState<Types>;
  readonly progress: Progress<Types['stepId']>;
}

/**
 * The result of a turn in one workflow's types, of which `TurnResult` is made.
 *
 * @example
 * ```ts
 * const { messages, turn, workflowState }: TurnResult = await conversation.turn('Acme Ltd');
 * ```
 */
export interface TurnResultOf<Types extends WorkflowTypes = UntypedWorkflow> extends OfConversation<Types> {
  readonly turnId: string;
  /** True for the recorded result of an earlier call with the same turn id. */
  readonly replayed: boolean;
  /** The agent's, ready to render, in order. */
  readonly messages: readonly Message[];
  readonly extractedPayload: ExtractedPayload | null;
  readonly turn: TurnMetadata<Types>;
  /** Of the whole call, in milliseconds. */
  readonly latencyMs: number;
  readonly timings: Timings;
}

/**
 * The result of `workflow.stop`.
 *
 * @example
 * ```ts
 * const { stopped }: StopResult = await conversation.stop();
 * ```
 */
export interface StopResult {
  /** True if a turn was running, and nothing of it will be stored. False if there was none, or it came to its end first. */
  readonly stopped: boolean;
}

/**
 * A conversation in one workflow's types, of which `ConversationResult` is made.
 *
 * @example
 * ```ts
 * const { messages, olderBefore }: ConversationResult = await conversation.get();
 * ```
 */
export interface ConversationResultOf<
  Types extends WorkflowTypes = UntypedWorkflow,
> extends OfConversation<Types> {
  /** The effects of the last turn; `null` when the transcript holds none. */
  readonly lastTurn: TurnMetadata<Types> | null;
  /** A page of the transcript, newest last. */
  readonly messages: readonly Message[];
  /** The `messages.before` of the page before this one; `null` when there is none. */
  readonly olderBefore: string | null;
}

/**
 * The result of an end in one workflow's types, of which `EndResult` is made.
 *
 * @example
 * ```ts
 * const { purged }: EndResult = await conversation.end({ outcome: 'cancelled', purge: true });
 * ```
 */
export interface EndResultOf<Types extends WorkflowTypes = UntypedWorkflow> extends OfConversation<Types> {
  readonly summary: Summary;
  /** True if everything about the conversation was deleted with it. */
  readonly purged: boolean;
  /** Only of a purge: the stored state could not be read, so everything else but `conversationId` is empty. */
  readonly unreadable?: true;
}

// The next three distribute over a union of definitions.

/**
 * The result of a turn.
 *
 * @example
 * ```ts
 * const result: TurnResult = await client.resume(id).turn('Acme Ltd');
 * if (result.workflowId === 'vendor-onboarding') result.turn.collected.legalName; // string | null | undefined
 * ```
 */
export type TurnResult<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<
  | (Definition extends TypedDefinition ? TurnResultOf<TypesOf<Definition>> : never)
  | TurnResultOf<JsonWorkflowTypes>,
  Definition['id'],
  Id
>;

/**
 * A conversation as it is now, with a page of its transcript.
 *
 * @example
 * ```ts
 * const { progress, messages }: ConversationResult = await client.resume(id).get();
 * ```
 */
export type ConversationResult<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<
  | (Definition extends TypedDefinition ? ConversationResultOf<TypesOf<Definition>> : never)
  | ConversationResultOf<JsonWorkflowTypes>,
  Definition['id'],
  Id
>;

/**
 * The result of ending a conversation.
 *
 * @example
 * ```ts
 * const { summary }: EndResult = await conversation.end({ outcome: 'completed' });
 * ```
 */
export type EndResult<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<
  | (Definition extends TypedDefinition ? EndResultOf<TypesOf<Definition>> : never)
  | EndResultOf<JsonWorkflowTypes>,
  Definition['id'],
  Id
>;

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
  /** Without the steps, of which a list of many conversations would be full. */
  progress: Omit<Progress, 'steps'>;
  /**
   * The first values that were collected, two at most, in the order of the definition: a name for the conversation. A
   * text is cut after 80 characters.
   */
  firstValues: readonly FirstValue[];
}

/**
 * One of the values that name a conversation in the list.
 *
 * @example
 * ```ts
 * const name = ({ title, firstValues: [first] }: ListedConversation): string =>
 *   first === undefined ? title : `${title}: ${first.value}`;
 * ```
 */
export interface FirstValue {
  readonly field: string;
  readonly label: string;
  readonly value: string | number | boolean;
}

/**
 * A page of the caller's conversations.
 *
 * @example
 * ```ts
 * const { conversations, nextCursor }: ConversationPage = await client.list({ limit: 10 });
 * ```
 */
export interface ConversationPage {
  conversations: ListedConversation[];
  /** Ids of conversations on this page that can't be read, if there are any: they can only be purged. */
  unreadable?: string[];
  /** The `cursor` of the next page; `null` when there is none. */
  nextCursor: string | null;
}

/**
 * A workflow as clients see it, so that none has to hard-code it.
 *
 * @example
 * ```ts
 * const titles = (await client.definitions()).map(({ title }: DefinitionResult) => title);
 * ```
 */
export interface DefinitionResult {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description?: string;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly description?: string;
    /** The JSON Schema of its fields; `null` for a step that collects nothing. */
    readonly fields: Readonly<Record<string, unknown>> | null;
  }[];
}

/**
 * The choices of a field that is looked up as one types.
 *
 * @example
 * ```ts
 * const titles = ({ choices }: ChoicesPage): string[] => choices.map(({ title }) => title);
 * ```
 */
export interface ChoicesPage {
  /** Best first. */
  readonly choices: readonly Choice[];
  /** The `cursor` of the next page; `null` when there is none. */
  readonly nextCursor: string | null;
}
