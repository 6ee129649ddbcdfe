import type { TurnInput, WhenBusy } from '../../../../contract/inputs.ts';
import type { Message } from '../../../../contract/message.ts';
import type { TurnMetadata } from '../../../../contract/results.ts';
import type {
  Progress,
  SuggestedInput,
  Summary,
  WorkflowState,
} from '../../../../contract/workflow-state.ts';
import type { FieldsToSet, TypesOf, WorkflowTypes } from '../../../../contract/workflow-types.ts';
import type { Json } from '../../../../workflows/definition/json.ts';
import type { ShippedDefinition } from '../../../../contract/shipped.ts';
import type { JsonWorkflowTypes, TypedDefinition } from '../../../../workflows/definition/types.ts';
import type { TurnkeeperClientError } from '../../links/client-error.ts';
import type { EndRequest } from '../../results.ts';

/**
 * The status of a conversation. `active`, `completed` and `ended` are the server's words; an `ended` conversation was
 * cancelled before it was complete. `loading` lasts until the status is known. `unopened` means that the conversation
 * does not exist yet and a workflow was named, so that the first turn opens it. `gone` means that it does not exist and
 * no workflow was named, or that it was purged or forgotten. `failed` means that it could not be loaded: `error` says
 * why, and `refetch` tries again.
 *
 * @example
 * ```ts
 * const isFinished = (status: ConversationStatus): boolean => status === 'completed' || status === 'ended';
 * ```
 */
export type ConversationStatus =
  | 'loading'
  | 'unopened'
  | 'active'
  | 'completed'
  | 'ended'
  | 'gone'
  | 'failed';

/**
 * The state of the watch, which shows what others do: `live` while the conversation is watched, `interrupted` while the
 * client reconnects, `ended` when nothing can follow.
 *
 * @example
 * ```ts
 * const notice = (state: WatchConnection): string => (state === 'interrupted' ? 'Reconnecting' : '');
 * ```
 */
export type WatchConnection = 'connecting' | 'live' | 'interrupted' | 'ended';

/**
 * A message with its delivery: `stored` for a message of a committed turn; `sending` for the user's own message in
 * flight, whose id is local; `failed` for the user's own message when it is unknown whether it was stored. After a
 * certain rollback the message is removed, and its input is in `pending`.
 *
 * @example
 * ```ts
 * const isOnItsWay = ({ delivery }: ShownMessage): boolean => delivery === 'sending';
 * ```
 */
export type ShownMessage = Message & { readonly delivery: 'stored' | 'sending' | 'failed' };

/**
 * The running turn's answer so far, whoever sent that turn. It is for display only: the stored answer comes in
 * `messages`, and may differ.
 *
 * @example
 * ```ts
 * const soFar = ({ texts }: LiveAnswer): string => texts.map(({ text }) => text).join('\n\n');
 * ```
 */
export interface LiveAnswer {
  readonly turnId: string;
  /** True if the agent works, and no text has arrived since it said so. */
  readonly typing: boolean;
  /** The agent's words about its work, if any: "Searching the supplier register". */
  readonly typingText: string | null;
  /** The texts, in the order in which they began. */
  readonly texts: readonly { readonly streamId: string; readonly text: string }[];
}

/**
 * The user's own turn that is not stored yet. A failed turn is kept for `retry`, which sends it with the same id, so
 * that it cannot happen twice, or for `discard`.
 *
 * @example
 * ```ts
 * const failure = (pending: PendingTurn | null): string | null => pending?.error?.message ?? null;
 * ```
 */
export interface PendingTurn {
  readonly turnId: string;
  readonly input: TurnInput;
  readonly phase: 'sending' | 'failed';
  /** The number of the current try, from 1. */
  readonly attempt: number;
  /** The failure of the try before the current one; `null` in the first try. */
  readonly failedTry: TurnkeeperClientError | null;
  /**
   * True if the person who waits should be told that the client still tries: a try has failed, or no part of an answer
   * has been visible for 4 s.
   */
  readonly isStillTrying: boolean;
  /** The failure of the turn. Its message is safe to show. */
  readonly error: TurnkeeperClientError | null;
  /** True if a failed turn may be stored nevertheless. `retry` finds out, and so does the watch. */
  readonly isOutcomeUnknown: boolean;
}

/**
 * Another turn that is in the way: seen on the watch, or reported by the server when it refused the user's own turn.
 *
 * @example
 * ```ts
 * const seconds = ({ runningForMs }: OtherTurn): number | null =>
 *   runningForMs === null ? null : Math.round(runningForMs / 1000);
 * ```
 */
export interface OtherTurn {
  /** The turn's running time when the server reported it; `null` where the server did not. */
  readonly runningForMs: number | null;
  readonly turnId: string | null;
}

/**
 * The progress of ending the conversation.
 *
 * @example
 * ```ts
 * const missing = ({ error }: Ending): string[] => (error?.issues ?? []).map(({ path }) => path);
 * ```
 */
export interface Ending {
  readonly isPending: boolean;
  readonly error: TurnkeeperClientError | null;
}

/**
 * The options of the user's own turn.
 *
 * @example
 * ```ts
 * const takesItsPlace: SendOptions = { whenBusy: 'interrupt' };
 * ```
 */
export interface SendOptions {
  /** The behaviour while another turn runs. @default that of `useConversation`, or `reject` */
  readonly whenBusy?: WhenBusy | undefined;
}

/**
 * The options of submitting a card.
 *
 * @example
 * ```ts
 * const approving: SendCardOptions = { action: 'approve' };
 * ```
 */
export interface SendCardOptions extends SendOptions {
  /** The action's verb, or its id if it has none. Needed where several actions of the card submit the same data. */
  readonly action?: string | undefined;
}

/**
 * The options of setting fields.
 *
 * @example
 * ```ts
 * const silently: SendFieldsOptions = { respond: false };
 * ```
 */
export interface SendFieldsOptions extends SendOptions {
  /** Words for the agent that go with the fields. */
  readonly text?: string | undefined;
  /** False to ask no agent. @default true */
  readonly respond?: boolean | undefined;
}

/** The part of a conversation that has its workflow's types. */
interface StateOf<Types extends WorkflowTypes> {
  readonly workflowId: Types['workflowId'];
  readonly workflowState: WorkflowState<Types> | null;
  readonly progress: Progress<Types['stepId']> | null;
  /** The effects of the last turn: what it collected, and what was `rejected` and why. */
  readonly lastTurn: TurnMetadata<Types> | null;
  /** The kind of control that fits the next answer. */
  readonly suggestedInput: SuggestedInput<Types['fieldName']> | null;
}

/** The same part before the conversation is loaded. */
interface UnknownState {
  readonly workflowId: null;
  readonly workflowState: null;
  readonly progress: null;
  readonly lastTurn: null;
  readonly suggestedInput: null;
}

/** The part of a conversation that every workflow shares. */
interface CommonView {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  /** The messages, oldest first. */
  readonly messages: readonly ShownMessage[];
  /** True if older messages exist. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** The running turn's answer so far; `null` when no turn is seen to run. */
  readonly live: LiveAnswer | null;
  /** The summary of a finished conversation. */
  readonly summary: Summary | null;
  readonly pending: PendingTurn | null;
  readonly isSending: boolean;
  /** Somebody else's turn that is in the way. */
  readonly busy: OtherTurn | null;
  /** The reason why the conversation or older messages could not be loaded, or the conversation cannot be watched. */
  readonly error: TurnkeeperClientError | null;
  readonly connection: WatchConnection;
  readonly ending: Ending;
  loadOlder(): void;
  /** Sends a turn. Its progress shows in `pending` and `messages`. Does nothing while another own turn is in flight. */
  send(input: string | TurnInput, options?: SendOptions): void;
  /** Submits a card, with the data that a card renderer returns. */
  submitCard(cardId: string, data: Readonly<Record<string, Json>>, options?: SendCardOptions): void;
  /**
   * Sets fields directly: all of them, or none. A value that the workflow refuses fails the turn with INVALID_INPUT, whose
   * `issues` name the fields.
   */
  setFields(data: FieldsToSet<TypedDefinition>, options?: SendFieldsOptions): void;
  /** Takes back what the last turn that changed something did. */
  undo(options?: SendOptions): void;
  /**
   * Stops the turn that runs, whoever sent it. The user's own turn fails then, with its input in `pending`, to be edited or
   * discarded; nothing of it is stored.
   */
  stop(): void;
  /**
   * Sends the failed turn again, with the same id. With a `whenBusy` it also sends a turn that is still in flight while
   * another one is in its way, so that you can interrupt that one.
   */
  retry(options?: SendOptions): void;
  /**
   * Discards a failed turn and returns its input, so that you can put it back in the box; `null` where there is none.
   */
  discard(): TurnInput | null;
  /** Ends the conversation. The progress shows in `ending`. */
  end(request: EndRequest): void;
  /** Loads the conversation again, and watches it again where that had failed. */
  refetch(): void;
}

/**
 * A conversation to show, kept up to date, and its actions. Compare `workflowId` to find out which workflow it is: the
 * types of its state follow.
 *
 * @example
 * ```ts
 * function legalNameOf(view: ConversationView): string | null {
 *   if (view.workflowId !== 'vendor-onboarding') return null;
 *   return view.workflowState?.collected.legalName ?? null;
 * }
 * ```
 */
export type ConversationView<Definition extends TypedDefinition = ShippedDefinition> = CommonView &
  (
    | (Definition extends TypedDefinition ? StateOf<TypesOf<Definition>> : never)
    | StateOf<JsonWorkflowTypes>
    | UnknownState
  );
