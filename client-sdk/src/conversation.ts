import type { Opening, TurnInput, TurnRequest, WhenBusy } from '../../contract/inputs.ts';
import type {
  ChoicesPage,
  ConversationResult,
  EndResult,
  StopResult,
  TurnResult,
} from '../../contract/results.ts';
import type { Json } from '../../workflows/definition/json.ts';
import type { ShippedDefinition } from '../../contract/shipped.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import type { FieldsToSet } from '../../contract/workflow-types.ts';
import { callTrpc } from './links/trpc-client.ts';
import type { TrpcClient } from './links/trpc-client.ts';
import type { EndRequest, GetRequest, WatchEvent } from './results.ts';
import { watchConversation } from './watch-conversation.ts';

/**
 * The options of every call.
 *
 * @example
 * ```ts
 * await conversation.get({}, { signal: AbortSignal.timeout(5_000) });
 * ```
 */
export interface CallOptions {
  /** Aborts the call, also between two tries. The call then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * The options of a turn.
 *
 * @example
 * ```ts
 * await conversation.turn('Acme Ltd', { turnId: error.turnId }); // once more, without happening twice
 * ```
 */
export interface TurnOptions extends CallOptions {
  /** The idempotency key: your own, or that of a failed turn, to send that turn again. @default a random one */
  readonly turnId?: string | undefined;
  /**
   * The behaviour while another turn of the conversation runs: `reject` fails (and the client retries), `wait` queues
   * up, `interrupt` takes its place. The interrupted turn fails with TURN_INTERRUPTED, and nothing of it is stored.
   * @default 'reject'
   */
  readonly whenBusy?: WhenBusy | undefined;
  /**
   * The longest wait for other turns, in milliseconds. The server bounds it.
   * @default the server's bound, 10000 unless it is configured otherwise
   */
  readonly waitMs?: number | undefined;
  /**
   * What is known when the conversation opens: facts (`context`) and fields (`prefill`). Later turns may send the same again;
   * another one fails with OPENING_DIFFERS.
   */
  readonly opening?: Opening | undefined;
}

/**
 * The options of submitting a card.
 *
 * @example
 * ```ts
 * await conversation.submitCard(cardId, data, { action: 'approve' });
 * ```
 */
export interface SubmitCardOptions extends TurnOptions {
  /** The action's verb, or its id if it has none. Needed where several actions of the card submit the same data. */
  readonly action?: string | undefined;
}

/**
 * The options of setting fields.
 *
 * @example
 * ```ts
 * await conversation.setFields({ amount: 12.5 }, { respond: false }); // no agent is asked
 * ```
 */
export interface SetFieldsOptions extends TurnOptions {
  /** Words for the agent that go with the fields. */
  readonly text?: string | undefined;
  /** False to ask no agent: fields, position and progress change, and `messages` is empty. @default true */
  readonly respond?: boolean | undefined;
}

/**
 * The options of stopping a turn.
 *
 * @example
 * ```ts
 * const { stopped } = await conversation.stop({ turnId: 'turn-1' });
 * ```
 */
export interface StopOptions extends CallOptions {
  /** Only the turn of this id; another one goes on. @default the turn that runs */
  readonly turnId?: string | undefined;
}

/**
 * The options of a watch.
 *
 * @example
 * ```ts
 * const { workflowState } = await conversation.get();
 * const events = conversation.watch({ after: workflowState.turnCount });
 * ```
 */
export interface WatchOptions extends CallOptions {
  /** The watch begins after the turn of this number. @default the last turn that is committed when the watch begins */
  readonly after?: number | undefined;
  /**
   * True to wait for a conversation that no turn has opened yet. Otherwise its watch fails with WORKFLOW_NOT_FOUND.
   * @default false
   */
  readonly awaitOpening?: boolean | undefined;
}

/**
 * The options of looking up a field's choices.
 *
 * @example
 * ```ts
 * const next = await conversation.choices('costCentre', 'mark', { cursor: nextCursor });
 * ```
 */
export interface ChoicesOptions extends CallOptions {
  /** 1 to 50. @default 20 */
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before this one. */
  readonly cursor?: string | null | undefined;
}

/** The names of a workflow's fields: any text, where the compiler does not know the workflow. */
type FieldNameIn<Definition extends TypedDefinition, Id extends string> = NonNullable<
  ConversationResult<Definition, Id>['workflowState']['suggestedInput']['field']
>;

/**
 * A conversation of any workflow, as `client.resume` returns it.
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
   * Says something and waits for the answer. However often the client retries it, the turn happens once.
   * @throws TurnkeeperClientError, with the turn's id
   */
  turn(input: string | TurnInput, options?: TurnOptions): Promise<TurnResult<Definition, Id>>;
  /** Lets the agent speak first. */
  open(options?: TurnOptions): Promise<TurnResult<Definition, Id>>;
  /**
   * Submits a card that the agent has shown in this conversation, with the data that a card renderer returns for an
   * action.
   */
  submitCard(
    cardId: string,
    data: Readonly<Record<string, Json>>,
    options?: SubmitCardOptions,
  ): Promise<TurnResult<Definition, Id>>;
  /**
   * Sets fields directly, for controls, imports and corrections: all of them, or none. The agent is told, and can't change
   * them in that turn. `null` clears a field.
   * @throws TurnkeeperClientError INVALID_INPUT, with an issue for each value that the workflow refuses
   */
  setFields(
    data: FieldsToSet<Definition, Id>,
    options?: SetFieldsOptions,
  ): Promise<TurnResult<Definition, Id>>;
  /**
   * Takes back what the last turn that changed something did; `turn.undid` names it.
   * @throws TurnkeeperClientError NOTHING_TO_UNDO
   */
  undo(options?: TurnOptions): Promise<TurnResult<Definition, Id>>;
  /** Stops the turn that runs, whoever sent it. Its caller gets TURN_INTERRUPTED, and nothing of it is stored. */
  stop(options?: StopOptions): Promise<StopResult>;
  /** Returns the conversation's state, with a page of its transcript, newest message last. */
  get(request?: GetRequest, options?: CallOptions): Promise<ConversationResult<Definition, Id>>;
  /**
   * Looks up the choices of a field while a person types: of a field whose definition has a lookup for it. An empty query
   * finds what to offer first.
   *
   * @example
   * ```ts
   * const { choices } = await conversation.choices('costCentre', 'mark');
   * ```
   */
  choices(field: FieldNameIn<Definition, Id>, query?: string, options?: ChoicesOptions): Promise<ChoicesPage>;
  /**
   * Ends the conversation. Ending it twice returns the same result. `purge` deletes all of it: if only the answer is
   * lost, the next try fails with WORKFLOW_NOT_FOUND, because the conversation is gone.
   */
  end(request: EndRequest, options?: CallOptions): Promise<EndResult<Definition, Id>>;
  /**
   * Shows the conversation as it happens, whoever takes its turns: this page, another tab or another device. The watch
   * reconnects by itself, with new headers, and shows each committed turn once. It ends when the conversation ends.
   * @throws TurnkeeperClientError when it cannot begin, or cannot continue for a reason that does not pass; the
   * signal's reason
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
    const { turnId = randomId(), opening, whenBusy, waitMs, signal } = options;
    const turn = { conversationId: id, workflowId, turnId, input, opening, whenBusy, waitMs };
    return sendTurn(trpc, turn, { signal });
  };
  return {
    id,
    turn: (input, options) => send(asTurnInput(input), options),
    open: (options) => send({ type: 'open' }, options),
    submitCard: (cardId, data, { action, ...options } = {}) =>
      send({ type: 'cardAction', cardId, data, action }, options),
    setFields: (data, { text, respond, ...options } = {}) =>
      send({ type: 'data', data, text, respond }, options),
    undo: (options) => send({ type: 'undo' }, options),
    stop: ({ turnId, signal } = {}) =>
      callTrpc((options) => trpc.workflow.stop.mutate({ conversationId: id, turnId }, options), { signal }),
    get: (request, { signal } = {}) =>
      callTrpc((options) => trpc.workflow.get.query({ ...request, conversationId: id }, options), { signal }),
    choices: (field, query, { signal, limit, cursor } = {}) =>
      callTrpc(
        (options) =>
          trpc.workflow.choices.query({ conversationId: id, field, query, limit, cursor }, options),
        { signal },
      ),
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

/**
 * Makes 128 random bits in hex. No UUID, because browsers make those in secure contexts only, and an intranet may be
 * plain HTTP.
 */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
