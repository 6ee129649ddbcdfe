import type { EndConversationRequest, GetConversationRequest } from '../../contract/inputs.ts';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { TurnkeeperClientError } from './links/client-error.ts';
import type { ShippedDefinition } from '../../contract/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';

/**
 * The workflow ids that a client accepts. A client of your own definitions accepts their ids only, so that a mistyped
 * id does not compile. The default client, of the shipped workflows, accepts any id, because a server may run others.
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
 * The connection broke, or the server could not continue. The watch reconnects, and yields `watch.started` then. Until
 * then, the display of a running turn may be out of date.
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
 * An event of a watched conversation. Only `turn.committed` and `conversation.ended` are stored facts, each shown
 * once and in order; the others are for display only.
 *
 * @example
 * ```ts
 * function showEvent(event: WatchEvent): void {
 *   if (event.type === 'turn.committed') show(event.progress);
 * }
 * ```
 */
export type WatchEvent<Definition extends TypedDefinition = ShippedDefinition, Id extends string = string> =
  | ServerWatchEvent<Definition, Id>
  | WatchInterrupted;

/**
 * The page of the transcript that `get` returns.
 *
 * @example
 * ```ts
 * const page: GetRequest = { messages: { limit: 20, before: olderBefore } };
 * ```
 */
export type GetRequest = Omit<GetConversationRequest, 'conversationId'>;

/**
 * The outcome with which a conversation ends, and its details.
 *
 * @example
 * ```ts
 * const request: EndRequest = { outcome: 'cancelled', reason: 'The trip was called off.' };
 * ```
 */
export type EndRequest = Omit<EndConversationRequest, 'conversationId'>;
