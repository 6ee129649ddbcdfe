import type { ListRequest } from '../../contract/inputs.ts';
import type { ConversationPage, DefinitionResult } from '../../contract/results.ts';
import type { ShippedDefinition } from '../../contract/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import { randomId, resumedConversation } from './conversation.ts';
import type { CallOptions, Conversation, ResumedConversation } from './conversation.ts';
import { realPacing, retryPolicyOf } from './links/retry-policy.ts';
import type { Pacing, Retry, RetryPolicy } from './links/retry-policy.ts';
import type { TokenProvider } from './links/token-link.ts';
import type { HeadersSource } from './links/transport.ts';
import { callTrpc, createTrpcClient } from './links/trpc-client.ts';
import type { TrpcClient } from './links/trpc-client.ts';
import type { WorkflowIdOf } from './results.ts';

/**
 * The options of a client.
 *
 * @example
 * ```ts
 * const options: TurnkeeperClientOptions = {
 *   url: 'https://turnkeeper.example.com',
 *   token: ({ forceRefresh }) => signIn.accessToken({ forceRefresh }),
 *   retry: { attempts: 3 },
 * };
 * ```
 */
export interface TurnkeeperClientOptions {
  /**
   * The server's address, as the server prints it at its start: `http://127.0.0.1:3000`. The API is at `/trpc` below
   * it. On a web page the address may be relative to the page. An impossible address throws when the client is created.
   */
  readonly url: string;
  /** Returns the access token for each try, and a new one when the server refuses it. */
  readonly token?: TokenProvider;
  /** Returns other headers, for each try. */
  readonly headers?: HeadersSource;
  /** @default the global one */
  readonly fetch?: typeof globalThis.fetch;
  /** The policy by which calls are retried that fail for a passing reason. RetryPolicy has the defaults. */
  readonly retry?: Partial<RetryPolicy>;
  /**
   * Called when a try of a call has failed and another one follows, so that you can tell the person who waits. If it
   * throws, the call throws the same. A watch yields `watch.interrupted` instead.
   */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/**
 * A client of one Turnkeeper server.
 *
 * @example
 * ```ts
 * const client: TurnkeeperClient = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });
 * ```
 */
export interface TurnkeeperClient<Definition extends TypedDefinition = ShippedDefinition> {
  /**
   * Returns a conversation of a workflow: a new one, or the one with the given id. It sends nothing; the first turn
   * opens it.
   * @param conversationId 1 to 128 of A-Z a-z 0-9 . _ ~ : @ - ; by default a random one
   */
  conversation<const Id extends WorkflowIdOf<Definition>>(
    workflowId: Id,
    conversationId?: string,
  ): Conversation<Definition, Id>;
  /** Returns a conversation that was opened earlier, whatever its workflow. */
  resume(conversationId: string): ResumedConversation<Definition>;
  /** Lists the caller's live conversations, newest activity first. */
  list(request?: ListRequest, options?: CallOptions): Promise<ConversationPage>;
  /** Lists the workflows that the server runs, with their steps and the JSON Schema of what each step collects. */
  definitions(options?: CallOptions): Promise<DefinitionResult[]>;
}

/**
 * Creates a client of a Turnkeeper server. By default its types are those of the shipped workflows; for your own
 * workflows, pass the type of their definitions.
 * @throws TypeError for a `url` that no server can have, RangeError for a `retry` that allows no try
 *
 * @example
 * ```ts
 * const client = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });
 * const conversation = client.conversation('leave-request');
 * const { messages } = await conversation.open();
 * const { progress } = await conversation.turn('From 3 August, for ten days');
 *
 * // A server of your own definitions:
 * import type travelRequest from './workflows/travel-request.ts';
 * const own = createTurnkeeperClient<typeof travelRequest>({ url });
 * ```
 */
export function createTurnkeeperClient<Definition extends TypedDefinition = ShippedDefinition>(
  options: TurnkeeperClientOptions,
): TurnkeeperClient<Definition> {
  return createPacedClient(options, realPacing);
}

/** Creates a client with the given time and chance, for tests of its retries. */
export function createPacedClient<Definition extends TypedDefinition>(
  { url, headers, token, fetch = globalThis.fetch, retry, onRetry }: TurnkeeperClientOptions,
  pacing: Pacing,
): TurnkeeperClient<Definition> {
  const policy = retryPolicyOf(retry);
  const trpc = createTrpcClient({ url, headers, token, fetch, policy, pacing, onRetry });
  const client: TurnkeeperClient<Definition> = {
    // The casts put a workflow's literal types on the handles. The server's router, which has the same types,
    // guarantees them at the other end of the wire.
    conversation: <const Id extends string>(workflowId: Id, conversationId: string = randomId()) =>
      ({
        ...resumedConversation(trpc, { id: conversationId, workflowId }),
        workflowId,
      }) as Conversation<Definition, Id>,
    resume: (conversationId) =>
      resumedConversation(trpc, { id: conversationId }) as ResumedConversation<Definition>,
    list: (request, { signal } = {}) =>
      callTrpc((options) => trpc.workflow.list.query(request, options), { signal }),
    definitions: ({ signal } = {}) =>
      callTrpc((options) => trpc.workflow.definitions.query(undefined, options), { signal }),
  };
  return Object.defineProperty(client, trpcKey, { value: trpc });
}

/**
 * The property through which the hooks share the client's tRPC client. Its type stays out of the public declarations.
 */
const trpcKey = Symbol('trpc');

/** @throws TypeError for an object that `createTurnkeeperClient` has not made */
export function trpcOf(client: object): TrpcClient {
  if (!holdsTrpc(client)) throw new TypeError('Expected a client from createTurnkeeperClient().');
  return client[trpcKey];
}

function holdsTrpc(client: object): client is { readonly [trpcKey]: TrpcClient } {
  return trpcKey in client;
}
