import type { TurnInput, TurnRequest, WhenBusy } from '../../contract/inputs.ts';
import type { ConversationResult, EndResult, TurnResult } from '../../contract/results.ts';
import type { Json } from '../../workflows/definition/json.ts';
import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import { callTrpc } from './links/trpc-client.ts';
import type { TrpcClient } from './links/trpc-client.ts';
import type { EndRequest, GetRequest, WatchEvent } from './results.ts';
import { watchConversation } from './watch-conversation.ts';

/**
 * What every call takes.
 *
 * @example
 * ```ts
 * await conversation.get({}, { signal: AbortSignal.timeout(5_000) });
 * ```
 */
export interface CallOptions {
  /** Gives the call up, between two tries too; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * What a turn takes besides.
 *
 * @example
 * ```ts
 * await conversation.turn('Acme Ltd', { turnId: error.turnId }); // once more, without happening twice
 * ```
 */
export interface TurnOptions extends CallOptions {
  /** The idempotency key: of one's own, or of a turn that failed, to send that again. @default a random one */
  readonly turnId?: string | undefined;
  /**
   * When another turn of the conversation is running: `reject` fails (and is tried again), `wait` waits in line for it,
   * `interrupt` takes its place: that turn fails with TURN_INTERRUPTED, and nothing of it is stored.
   * @default 'reject'
   */
  readonly whenBusy?: WhenBusy | undefined;
  /**
   * How long to wait for others at most, in milliseconds; the server bounds it.
   * @default the server's bound, 10000 unless it is configured otherwise
   */
  readonly waitMs?: number | undefined;
}

/**
 * What submitting a card takes besides.
 *
 * @example
 * ```ts
 * await conversation.submitCard(cardId, data, { action: 'approve' });
 * ```
 */
export interface SubmitCardOptions extends TurnOptions {
  /** The action's verb, else its id: needed where the card has several that submit the same data. */
  readonly action?: string | undefined;
}

/**
 * What watching takes.
 *
 * @example
 * ```ts
 * const { workflowState } = await conversation.get();
 * const events = conversation.watch({ after: workflowState.turnCount });
 * ```
 */
export interface WatchOptions extends CallOptions {
  /** Begins behind the turn of this number. @default behind the last one that is committed as the watch begins */
  readonly after?: number | undefined;
  /**
   * Waits for a conversation that its first turn has not opened yet; without it that fails with WORKFLOW_NOT_FOUND.
   * @default false
   */
  readonly awaitOpening?: boolean | undefined;
}

/**
 * A conversation whose workflow may be any: what `client.resume` answers with.
 *
 * @example
 * ```ts
 * const conversation = client.resume('c0ffee');
 * const result = await conversation.get();
 * if (result.workflowId === 'vendor-onboarding') result.progress.currentStep; // one of that workflow's steps
 * ```
 */
export interface ResumedConversation<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> {
  readonly id: string;
  /**
   * Says something, and waits for the answer. Tried again, whatever goes wrong on the way, it happens once.
   * @throws TurnkeeperClientError, with the turn's id
   */
  turn(input: string | TurnInput, options?: TurnOptions): Promise<TurnResult<Definition, Id>>;
  /** Lets the agent speak first. */
  open(options?: TurnOptions): Promise<TurnResult<Definition, Id>>;
  /**
   * Sends what was entered on a card that the agent showed in this conversation: the data that a card renderer hands
   * over when an action is taken.
   */
  submitCard(
    cardId: string,
    data: Readonly<Record<string, Json>>,
    options?: SubmitCardOptions,
  ): Promise<TurnResult<Definition, Id>>;
  /** How the conversation stands, with a page of its transcript, the newest message last. */
  get(request?: GetRequest, options?: CallOptions): Promise<ConversationResult<Definition, Id>>;
  /**
   * Ends the conversation; ending it twice answers the same. With `purge` all of it is deleted: should only the answer
   * get lost, the next try fails with WORKFLOW_NOT_FOUND, because it is gone.
   */
  end(request: EndRequest, options?: CallOptions): Promise<EndResult<Definition, Id>>;
  /**
   * Shows the conversation while it goes on, whoever takes its turns: from this page, another tab, or another device. It
   * reconnects by itself, with new headers, misses no committed turn and shows none twice, and ends when the conversation has.
   * @throws TurnkeeperClientError when it can't begin, or not go on for a reason that won't pass; the signal's reason
   *
   * @example
   * ```ts
   * for await (const event of conversation.watch({ signal })) {
   *   if (event.type === 'message.delta') typeOut(event);
   *   if (event.type === 'turn.committed') show(event.messages);
   * }
   * ```
   */
  watch(options?: WatchOptions): AsyncIterableIterator<WatchEvent<Definition, Id>>;
}

/**
 * A conversation of one workflow.
 *
 * @example
 * ```ts
 * const conversation = client.conversation('vendor-onboarding');
 * const { messages, progress, turn } = await conversation.turn('Acme Ltd, a limited company');
 * ```
 */
export interface Conversation<
  Definition extends TypedDefinition = ShippedDefinition,
  Id extends string = string,
> extends ResumedConversation<Definition, Id> {
  readonly workflowId: Id;
}

type TurnCall = NonNullable<Parameters<typeof callTrpc>[1]>;

/** Sends a turn. Its error carries the turn's id. */
export function sendTurn(
  trpc: TrpcClient,
  turn: TurnRequest<TypedDefinition>,
  settings: TurnCall = {},
): Promise<TurnResult<TypedDefinition>> {
  const { turnId } = turn;
  return callTrpc((options) => trpc.workflow.turn.mutate(turn, options), { ...settings, turnId });
}

/** Makes a conversation's handle without literal types. The client adds those. */
export function resumedConversation(
  trpc: TrpcClient,
  { id, workflowId }: { readonly id: string; readonly workflowId?: string },
): ResumedConversation<TypedDefinition> {
  const send = (input: TurnInput, options: TurnOptions = {}) => {
    const { turnId = randomId(), whenBusy, waitMs, signal } = options;
    return sendTurn(trpc, { conversationId: id, workflowId, turnId, input, whenBusy, waitMs }, { signal });
  };
  return {
    id,
    turn: (input, options) => send(asTurnInput(input), options),
    open: (options) => send({ type: 'open' }, options),
    submitCard: (cardId, data, { action, ...options } = {}) =>
      send({ type: 'cardAction', cardId, data, action }, options),
    get: (request, { signal } = {}) =>
      callTrpc((options) => trpc.workflow.get.query({ ...request, conversationId: id }, options), { signal }),
    end: (request, { signal } = {}) =>
      callTrpc((options) => trpc.workflow.end.mutate({ ...request, conversationId: id }, options), {
        signal,
      }),
    watch: ({ after, awaitOpening, signal } = {}) =>
      watchConversation(trpc, { conversationId: id, after, awaitOpening }, signal),
  };
}

export function asTurnInput(input: string | TurnInput): TurnInput {
  return typeof input === 'string' ? { type: 'text', text: input } : input;
}

/** Makes 128 random bits in hex. No UUID, because browsers make those in secure contexts only, and an intranet may be plain HTTP. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
