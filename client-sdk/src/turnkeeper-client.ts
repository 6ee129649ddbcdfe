import type { ListRequest } from '../../contract/inputs.ts';
import type { ConversationPage, DefinitionResult } from '../../contract/results.ts';
import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import type { TokenProvider } from './access-token.ts';
import { connect } from './connection.ts';
import { keepConnection } from './connection-of.ts';
import { resumedConversation } from './conversation.ts';
import type { WorkflowIdOf } from './results.ts';
import type { CallOptions, Conversation, ResumedConversation } from './conversation.ts';
import { randomId } from './random-id.ts';
import type { HeadersSource } from './transport.ts';
import { retryPolicyOf } from './with-retries.ts';
import type { Pacing, Retry, RetryPolicy } from './with-retries.ts';

/**
 * Where the server is and how to talk to it.
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
   * The server's address as it prints it when it starts, `http://127.0.0.1:3000`; the API is at `/trpc` below it. On a web
   * page it may be relative to that. What can't be an address is refused as the client is made.
   */
  readonly url: string;
  /** Gets the access token of every try, and another where the server refuses it. */
  readonly token?: TokenProvider;
  /** Any other headers, made anew for every try. */
  readonly headers?: HeadersSource;
  /** @default the global one */
  readonly fetch?: typeof globalThis.fetch;
  /** How calls that fail for a passing reason are tried again; see RetryPolicy for the defaults. */
  readonly retry?: Partial<RetryPolicy>;
  /**
   * Called when a try of a call has failed and another follows, to tell whoever waits. If it throws, so does the call. A watch
   * yields `watch.interrupted` instead.
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
   * A conversation of a workflow: a new one, or the one with the given id. Nothing is sent yet; the first turn opens it.
   * @param conversationId 1 to 128 of A-Z a-z 0-9 . _ ~ : @ - ; by default a random one
   */
  conversation<const Id extends WorkflowIdOf<Definition>>(
    workflowId: Id,
    conversationId?: string,
  ): Conversation<Definition, Id>;
  /** A conversation that was begun earlier, whatever its workflow. */
  resume(conversationId: string): ResumedConversation<Definition>;
  /** The caller's live conversations, newest activity first. */
  list(request?: ListRequest, options?: CallOptions): Promise<ConversationPage>;
  /** The workflows that the server runs, with their steps and the JSON Schema of what each step collects. */
  definitions(options?: CallOptions): Promise<DefinitionResult[]>;
}

/** The client over time and chance of one's choosing, for tests of how it retries. */
export function createPacedClient<Definition extends TypedDefinition>(
  { url, headers, token, fetch = globalThis.fetch, retry, onRetry }: TurnkeeperClientOptions,
  pacing: Pacing,
): TurnkeeperClient<Definition> {
  const policy = retryPolicyOf(retry);
  const connection = connect({ url, headers, token, fetch, policy, pacing, onRetry });
  const client: TurnkeeperClient<Definition> = {
    // The casts put a workflow's literal types on the handles; the server's router, which these are taken from, vouches
    // for them on the other end of the wire.
    conversation: <const Id extends string>(workflowId: Id, conversationId: string = randomId()) =>
      ({
        ...resumedConversation(connection, { id: conversationId, workflowId }),
        workflowId,
      }) as Conversation<Definition, Id>,
    resume: (conversationId) =>
      resumedConversation(connection, { id: conversationId }) as ResumedConversation<Definition>,
    list: (request, options) =>
      connection.call((procedures, callOptions) => procedures.list.query(request, callOptions), options),
    definitions: (options) =>
      connection.call(
        (procedures, callOptions) => procedures.definitions.query(undefined, callOptions),
        options,
      ),
  };
  return keepConnection(client, connection);
}
