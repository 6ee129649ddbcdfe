import type { TurnkeeperClientError } from './client-error.ts';
import type { EndConversationRequest, GetConversationRequest } from '../../server/router/requests.ts';
import type { EndOutput, GetOutput, TurnOutput } from '../../server/router/results.ts';
import type { WatchOutput } from '../../server/router/watch-results.ts';
import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { JsonWorkflowId, TypedDefinition } from '../../workflows/definition/types.ts';

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
 * The workflow ids that a client takes. One of your own definitions takes theirs alone, so that a mistyped id does not compile;
 * one of the shipped workflows, which is the default, takes any, because a server may run others.
 *
 * @example
 * ```ts
 * const id: WorkflowIdOf<ShippedDefinition> = 'vendor-onboarding';
 * ```
 */
export type WorkflowIdOf<Definition extends TypedDefinition> = [Definition] extends [ShippedDefinition]
  ? Definition['id'] | (string & {})
  : Definition['id'];

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
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<TurnOutput<Definition>, Definition['id'], Id>;

/**
 * A conversation as it stands, with a page of its transcript.
 *
 * @example
 * ```ts
 * const { progress, messages }: ConversationResult = await client.resume(id).get();
 * ```
 */
export type ConversationResult<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<GetOutput<Definition>, Definition['id'], Id>;

/**
 * How a conversation ended.
 *
 * @example
 * ```ts
 * const { summary }: EndResult = await conversation.end({ outcome: 'completed' });
 * ```
 */
export type EndResult<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> = OfWorkflow<EndOutput<Definition>, Definition['id'], Id>;

/**
 * The connection broke, or the server can't go on; the watch does, over a new one, and says `watch.started` then. What is
 * shown of a running turn may be outdated until then.
 *
 * @example
 * ```ts
 * const offlineFor = (event: WatchEvent): string | null =>
 *   event.type === 'watch.interrupted' ? event.error.reason : null;
 * ```
 */
export interface WatchInterrupted {
  readonly type: 'watch.interrupted';
  readonly error: TurnkeeperClientError;
}

/** What is seen of a conversation of whatever workflow. */
export type AnyWatchEvent = WatchOutput<TypedDefinition> | WatchInterrupted;

/**
 * What is seen of a conversation while it is watched. Only `message`, `turn.committed` and `conversation.ended` are stored
 * facts, each shown once and in order; the others are for the eye.
 *
 * @example
 * ```ts
 * function showEvent(event: WatchEvent): void {
 *   if (event.type === 'turn.committed') show(event.progress);
 * }
 * ```
 */
export type WatchEvent<Definition extends TypedDefinition = ShippedDefinition, Id extends string = string> =
  | Exclude<WatchOutput<Definition>, { workflowId: string }>
  | OfWorkflow<Extract<WatchOutput<Definition>, { workflowId: string }>, Definition['id'], Id>
  | WatchInterrupted;

/**
 * Which page of the transcript `get` answers with.
 *
 * @example
 * ```ts
 * const page: GetRequest = { messages: { limit: 20, before: olderBefore } };
 * ```
 */
export type GetRequest = Omit<GetConversationRequest, 'conversationId'>;

/**
 * How a conversation is to end.
 *
 * @example
 * ```ts
 * const request: EndRequest = { outcome: 'cancelled', reason: 'The trip was called off.' };
 * ```
 */
export type EndRequest = Omit<EndConversationRequest, 'conversationId'>;
