import type { EndConversationRequest, GetConversationRequest } from '../../contract/inputs.ts';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { TurnkeeperClientError } from './client-error.ts';
import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';

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

/** An event of a watched conversation of whatever workflow. */
export type AnyWatchEvent = ServerWatchEvent<TypedDefinition> | WatchInterrupted;

/**
 * An event of a watched conversation. Only `message`, `turn.committed` and `conversation.ended` are stored facts, each shown
 * once and in order; the others are for the eye.
 *
 * @example
 * ```ts
 * function showEvent(event: WatchEvent): void {
 *   if (event.type === 'turn.committed') show(event.progress);
 * }
 * ```
 */
export type WatchEvent<Definition extends TypedDefinition = ShippedDefinition, Id extends string = string> =
  ServerWatchEvent<Definition, Id> | WatchInterrupted;

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
