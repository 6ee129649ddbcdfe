import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { TurnkeeperClientError } from './client-error.ts';
import type { createAppRouter } from '../../server/router/app-router.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { JsonWorkflowId } from '../../workflows/definition/types.ts';

/** The server's router, as far as types go, for one set of definitions. */
export type RouterOf<Definition extends WorkflowDefinition> = ReturnType<typeof createAppRouter<Definition>>;

type Inputs = inferRouterInputs<RouterOf<WorkflowDefinition>>['workflow'];
type Outputs<Definition extends WorkflowDefinition> = inferRouterOutputs<RouterOf<Definition>>['workflow'];

/**
 * Of the results of all workflows, those that a conversation of this one can have: that of a definition written in
 * TypeScript with its literal types, that of any other name with JSON's. A name known only at run time leaves all.
 */
type OfWorkflow<
  Result extends { workflowId: string },
  Known extends string,
  Id extends string,
> = string extends Id | Known
  ? Result
  : Id extends Known
    ? Extract<Result, { workflowId: Id }>
    : Extract<Result, { workflowId: JsonWorkflowId }>;

/**
 * What a turn came to.
 *
 * @example
 * ```ts
 * const result: TurnResult = await client.resume(id).turn('Acme Ltd');
 * if (result.workflowId === 'vendor-onboarding') result.turn.collected.legalName; // string | null | undefined
 * ```
 */
export type TurnResult<
  Definition extends WorkflowDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<Outputs<Definition>['turn'], Definition['id'], Id>;

/**
 * A conversation as it stands, with a page of its transcript.
 *
 * @example
 * ```ts
 * const { progress, messages }: ConversationResult = await client.resume(id).get();
 * ```
 */
export type ConversationResult<
  Definition extends WorkflowDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<Outputs<Definition>['get'], Definition['id'], Id>;

/**
 * How a conversation ended.
 *
 * @example
 * ```ts
 * const { summary }: EndResult = await conversation.end({ outcome: 'completed' });
 * ```
 */
export type EndResult<
  Definition extends WorkflowDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<Outputs<Definition>['end'], Definition['id'], Id>;

type WatchOutputs<Definition extends WorkflowDefinition> =
  Outputs<Definition>['watch'] extends AsyncIterable<{ data: infer Event }> ? Event : never;

/**
 * The connection broke, or the server can't go on; the watch does, over a new one, and says `watch.started` then. What is
 * shown of a running turn may be outdated until then.
 *
 * @example
 * ```ts
 * if (event.type === 'watch.interrupted') showOffline(event.error.reason);
 * ```
 */
export interface WatchInterrupted {
  readonly type: 'watch.interrupted';
  readonly error: TurnkeeperClientError;
}

/** What is seen of a conversation of whatever workflow. */
export type AnyWatchEvent = WatchOutputs<WorkflowDefinition> | WatchInterrupted;

/**
 * What is seen of a conversation while it is watched. Only `message`, `turn.committed` and `conversation.ended` are stored
 * facts, each shown once and in order; the others are for the eye.
 *
 * @example
 * ```ts
 * function show(event: WatchEvent): void {
 *   if (event.type === 'turn.committed') showProgress(event.progress);
 * }
 * ```
 */
export type WatchEvent<
  Definition extends WorkflowDefinition = ShippedDefinition,
  Id extends string = string,
> =
  | Exclude<WatchOutputs<Definition>, { workflowId: string }>
  | OfWorkflow<Extract<WatchOutputs<Definition>, { workflowId: string }>, Definition['id'], Id>
  | WatchInterrupted;

/**
 * A page of the caller's conversations.
 *
 * @example
 * ```ts
 * const { conversations, nextCursor }: ConversationPage = await client.list({ limit: 10 });
 * ```
 */
export type ConversationPage = Outputs<WorkflowDefinition>['list'];

/**
 * A workflow as the server describes it.
 *
 * @example
 * ```ts
 * const titles = (await client.definitions()).map(({ title }: DefinitionResult) => title);
 * ```
 */
export type DefinitionResult = Outputs<WorkflowDefinition>['definitions'][number];

/**
 * One thing said in a conversation.
 *
 * @example
 * ```ts
 * const texts = result.messages.flatMap(({ text }: Message) => text ?? []);
 * ```
 */
export type Message = Outputs<WorkflowDefinition>['get']['messages'][number];

/**
 * What a turn brings in: words, what was entered on a card, or nothing, so that the agent speaks first.
 *
 * @example
 * ```ts
 * const input: TurnInput = { type: 'text', text: 'Acme Ltd' };
 * ```
 */
export type TurnInput = Inputs['turn']['input'];

/**
 * Which page of the transcript `get` answers with.
 *
 * @example
 * ```ts
 * const page: GetRequest = { messages: { limit: 20, before: olderBefore } };
 * ```
 */
export type GetRequest = Omit<Inputs['get'], 'conversationId'>;

/**
 * How a conversation is to end.
 *
 * @example
 * ```ts
 * const request: EndRequest = { outcome: 'cancelled', reason: 'The trip was called off.' };
 * ```
 */
export type EndRequest = Omit<Inputs['end'], 'conversationId'>;

/**
 * What a turn, or an end, does when another turn of its conversation is running: fail (and be tried again), wait in line
 * for it, or take its place.
 *
 * @example
 * ```ts
 * const whenBusy: WhenBusy = userPressedStop ? 'interrupt' : 'wait';
 * ```
 */
export type WhenBusy = NonNullable<Inputs['turn']['whenBusy']>;

/**
 * Which page of the caller's conversations to list.
 *
 * @example
 * ```ts
 * const next: ListRequest = { limit: 10, cursor: nextCursor };
 * ```
 */
export type ListRequest = NonNullable<Inputs['list']>;
