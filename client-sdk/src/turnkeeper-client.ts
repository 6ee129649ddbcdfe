import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { connect } from './connection.ts';
import { resumedConversation } from './conversation.ts';
import type { CallOptions, Conversation, ResumedConversation } from './conversation.ts';
import type { ConversationPage, DefinitionResult, ListRequest } from './results.ts';
import type { HeadersSource } from './transport.ts';
import { defaultRetryPolicy } from './with-retries.ts';
import type { Pacing, RetryPolicy } from './with-retries.ts';

/**
 * Where the server is and how to talk to it.
 *
 * @example
 * ```ts
 * const options: TurnkeeperClientOptions = {
 *   url: 'https://turnkeeper.example.com',
 *   headers: async () => ({ authorization: `Bearer ${await accessToken()}` }),
 *   retry: { attempts: 3 },
 * };
 * ```
 */
export interface TurnkeeperClientOptions {
  /** The server's address as it prints it when it starts, `http://127.0.0.1:3000`; the API is at `/trpc` below it. */
  readonly url: string;
  /** Made anew for every try, so that a token can be renewed in between. */
  readonly headers?: HeadersSource;
  /** @default the global one */
  readonly fetch?: typeof globalThis.fetch;
  /** How calls that fail for a passing reason are tried again; see RetryPolicy for the defaults. */
  readonly retry?: Partial<RetryPolicy>;
}

/**
 * A client of one Turnkeeper server.
 *
 * @example
 * ```ts
 * const client: TurnkeeperClient = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });
 * ```
 */
export interface TurnkeeperClient<Definition extends WorkflowDefinition = ShippedDefinition> {
  /**
   * A conversation of a workflow: a new one, or the one with the given id. Nothing is sent yet; the first turn opens it.
   * @param conversationId 1 to 128 of A-Z a-z 0-9 . _ ~ : @ - ; by default a random one
   */
  conversation<const Id extends Definition['id'] | (string & {})>(
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
export function createPacedClient<Definition extends WorkflowDefinition>(
  { url, headers, fetch = globalThis.fetch, retry }: TurnkeeperClientOptions,
  pacing: Pacing,
): TurnkeeperClient<Definition> {
  const policy = { ...defaultRetryPolicy, ...retry };
  const connection = connect({ url, headers, fetch, policy, pacing });
  return {
    // The casts put a workflow's literal types on the handles; the server's router, which these are taken from, vouches
    // for them on the other end of the wire.
    conversation: <const Id extends string>(workflowId: Id, conversationId: string = crypto.randomUUID()) =>
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
}
