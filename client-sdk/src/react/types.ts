import type { ReactNode } from 'react';
import type { TurnInput, WhenBusy } from '../../../contract/inputs.ts';
import type { Message } from '../../../contract/message.ts';
import type { DefinitionResult, ListedConversation, TurnMetadata } from '../../../contract/results.ts';
import type { Progress, SuggestedInput, Summary, WorkflowState } from '../../../contract/workflow-state.ts';
import type { TypesOf, WorkflowTypes } from '../../../contract/workflow-types.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import type { ShippedDefinition } from '../../../workflows/definition/shipped.ts';
import type { JsonWorkflowTypes, TypedDefinition } from '../../../workflows/definition/types.ts';
import type { TurnkeeperClientError } from '../client-error.ts';
import type { EndRequest, WorkflowIdOf } from '../results.ts';
import type { TurnkeeperClient } from '../turnkeeper-client.ts';

/**
 * What the provider takes.
 *
 * @example
 * ```tsx
 * const props: TurnkeeperProviderProps = { client, children: <Chat /> };
 * ```
 */
export interface TurnkeeperProviderProps {
  /** Made once, outside of components or in a `useState`. */
  readonly client: TurnkeeperClient<TypedDefinition>;
  readonly children?: ReactNode;
}

/**
 * Where a conversation is: `active`, `completed` or `ended`, which are the server's words for it (one that has `ended` was
 * cancelled before it was complete); `loading` until it is known; `unopened` when it is not there yet and a workflow was named, so
 * that the first turn opens it; `gone` when it is not there and none was named, or has been purged or forgotten; `failed`
 * when it can't be loaded: `error` says why, and `refetch` tries again.
 *
 * @example
 * ```ts
 * const isFinished = (status: ConversationStatus): boolean => status === 'completed' || status === 'ended';
 * ```
 */
export type ConversationStatus =
  'loading' | 'unopened' | 'active' | 'completed' | 'ended' | 'gone' | 'failed';

/**
 * How what others do is heard of: `live` while the conversation is watched, `interrupted` while the connection is made
 * anew, `ended` when nothing can follow.
 *
 * @example
 * ```ts
 * const notice = (state: WatchConnection): string => (state === 'interrupted' ? 'Reconnecting' : '');
 * ```
 */
export type WatchConnection = 'connecting' | 'live' | 'interrupted' | 'ended';

/**
 * A message with how far it has got: `stored` for one of a committed turn; `sending` for the user's own that is on its
 * way, whose id is local; `failed` for the user's own when nobody could confirm that it was stored, or that it was not.
 * Where a turn was rolled back for certain, its message is gone from here, and its input is in `pending`.
 *
 * @example
 * ```ts
 * const isOnItsWay = ({ delivery }: ShownMessage): boolean => delivery === 'sending';
 * ```
 */
export type ShownMessage = Message & { readonly delivery: 'stored' | 'sending' | 'failed' };

/**
 * The answer of the turn that is running, as far as it has come, whoever sent that turn. It is for the eye: what is
 * stored of it comes in `messages`, and may differ.
 *
 * @example
 * ```ts
 * const soFar = ({ texts }: LiveAnswer): string => texts.map(({ text }) => text).join('\n\n');
 * ```
 */
export interface LiveAnswer {
  readonly turnId: string;
  /** Whether the agent is at work, and nothing has come since it said so. */
  readonly typing: boolean;
  /** At what, if it said so: "Searching the supplier register". */
  readonly typingText: string | null;
  /** In the order in which they began. */
  readonly texts: readonly { readonly streamId: string; readonly text: string }[];
}

/**
 * The user's own turn that is not stored yet. One that failed is kept for `retry`, which sends it with the same id,
 * so that it can't happen twice, or for `discard`.
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
  /** Which try it is, from 1. */
  readonly attempt: number;
  /** While it is sent: what the try before this one failed with; `null` in the first. */
  readonly failedTry: TurnkeeperClientError | null;
  /**
   * While it is sent: whether to tell the person who waits that it goes on, because a try has failed, or nothing of an answer
   * has been seen for 4 s.
   */
  readonly isStillTrying: boolean;
  /** Why it failed; its message is safe to show. */
  readonly error: TurnkeeperClientError | null;
  /** Of a failed one: whether it may be stored nevertheless. `retry` finds out, and so does the watch. */
  readonly isOutcomeUnknown: boolean;
}

/**
 * That another turn is in the way: seen on the watch, or told by the server, which refused one's own for it.
 *
 * @example
 * ```ts
 * const seconds = ({ runningForMs }: OtherTurn): number | null =>
 *   runningForMs === null ? null : Math.round(runningForMs / 1000);
 * ```
 */
export interface OtherTurn {
  /** For how long it had been running when the server told of it; `null` where it did not. */
  readonly runningForMs: number | null;
  readonly turnId: string | null;
}

/**
 * How ending the conversation is going.
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
 * How one's own turn gets along with others.
 *
 * @example
 * ```ts
 * const takesItsPlace: SendOptions = { whenBusy: 'interrupt' };
 * ```
 */
export interface SendOptions {
  /** @default that of `useConversation`, or `reject` */
  readonly whenBusy?: WhenBusy | undefined;
}

/**
 * What submitting a card takes besides.
 *
 * @example
 * ```ts
 * const approving: SendCardOptions = { action: 'approve' };
 * ```
 */
export interface SendCardOptions extends SendOptions {
  /** The action's verb, else its id: needed where the card has several that submit the same data. */
  readonly action?: string | undefined;
}

/**
 * Which conversation to show.
 *
 * @example
 * ```ts
 * const options: UseConversationOptions = {
 *   conversationId: 'supplier-4711',
 *   workflowId: 'vendor-onboarding',
 *   open: true,
 * };
 * ```
 */
export interface UseConversationOptions<Definition extends TypedDefinition = ShippedDefinition> {
  /** 1 to 128 of A-Z a-z 0-9 . _ ~ : @ - ; keep it, in the page's address for example, to come back to the conversation. */
  readonly conversationId: string;
  /** The workflow that it is opened with, if it is not there yet. Without it, such a conversation is `gone`. */
  readonly workflowId?: WorkflowIdOf<Definition> | undefined;
  /**
   * Whether to let the agent speak first in a conversation that is not there yet: once, however many components or tabs ask.
   * @default false
   */
  readonly open?: boolean | undefined;
  /**
   * What one's turns do when another is running, where `send` doesn't say.
   * @default 'reject'
   */
  readonly whenBusy?: WhenBusy | undefined;
}

/** What of a conversation has its workflow's types. */
interface StandingOf<Types extends WorkflowTypes> {
  readonly workflowId: Types['workflowId'];
  readonly workflowState: WorkflowState<Types> | null;
  readonly progress: Progress<Types['stepId']> | null;
  /** What the last turn did: what it collected, and what was `rejected` and why. */
  readonly lastTurn: TurnMetadata<Types> | null;
  /** What kind of control fits the next answer. */
  readonly suggestedInput: SuggestedInput<Types['fieldName']> | null;
}

/** Before anything is known of it. */
interface UnknownStanding {
  readonly workflowId: null;
  readonly workflowState: null;
  readonly progress: null;
  readonly lastTurn: null;
  readonly suggestedInput: null;
}

/** What is shown of any conversation. */
interface CommonView {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  /** Oldest first. */
  readonly messages: readonly ShownMessage[];
  /** Whether there are messages before these. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** The running turn's answer so far; `null` when none is seen to run. */
  readonly live: LiveAnswer | null;
  /** What it came to; once it has finished. */
  readonly summary: Summary | null;
  readonly pending: PendingTurn | null;
  readonly isSending: boolean;
  /** That somebody else's turn is in the way. */
  readonly busy: OtherTurn | null;
  /** Why it, or older messages, could not be loaded, or it can't be watched. */
  readonly error: TurnkeeperClientError | null;
  readonly connection: WatchConnection;
  readonly ending: Ending;
  loadOlder(): void;
  /** Sends a turn; what becomes of it shows in `pending` and `messages`. Does nothing while another of one's own is sent. */
  send(input: string | TurnInput, options?: SendOptions): void;
  /** Sends what was entered on a card: the data that a card renderer hands over. */
  submitCard(cardId: string, data: Readonly<Record<string, Json>>, options?: SendCardOptions): void;
  /**
   * Sends the failed turn once more, with the same id. With a `whenBusy` also one that is still being tried while another
   * is in its way: to interrupt that.
   */
  retry(options?: SendOptions): void;
  /** Gives a failed turn up, and returns its input, to put it back in the box; `null` where there is none. */
  discard(): TurnInput | null;
  /** Ends the conversation; how it goes shows in `ending`. */
  end(request: EndRequest): void;
  /** Loads it anew, and watches it again where that had failed. */
  refetch(): void;
}

/**
 * A conversation as it is to be shown, kept up to date, and what can be done in it. A comparison with `workflowId` tells
 * which workflow it is, and the types of its state follow.
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
    | (Definition extends TypedDefinition ? StandingOf<TypesOf<Definition>> : never)
    | StandingOf<JsonWorkflowTypes>
    | UnknownStanding
  );

/**
 * Which conversations to list.
 *
 * @example
 * ```ts
 * const options: UseConversationsOptions = { limit: 50 };
 * ```
 */
export interface UseConversationsOptions {
  /** How many a page, 1 to 100. @default 20 */
  readonly limit?: number | undefined;
}

/**
 * The user's live conversations, newest activity first.
 *
 * @example
 * ```ts
 * const active = ({ conversations }: ConversationsView) =>
 *   conversations.filter(({ status }) => status === 'active');
 * ```
 */
export interface ConversationsView {
  readonly conversations: readonly ListedConversation[];
  readonly isLoading: boolean;
  readonly error: TurnkeeperClientError | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  loadMore(): void;
  refetch(): void;
}

/**
 * The workflows that the server runs.
 *
 * @example
 * ```ts
 * const titles = ({ definitions }: DefinitionsView): string[] => (definitions ?? []).map(({ title }) => title);
 * ```
 */
export interface DefinitionsView {
  readonly definitions: readonly DefinitionResult[] | undefined;
  readonly isLoading: boolean;
  readonly error: TurnkeeperClientError | null;
  refetch(): void;
}
