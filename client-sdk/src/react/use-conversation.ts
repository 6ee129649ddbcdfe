import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ShippedDefinition } from '../../../contract/shipped.ts';
import type { TypedDefinition } from '../../../workflows/definition/types.ts';
import type { Opening, WhenBusy } from '../../../contract/inputs.ts';
import { asTurnInput } from '../conversation.ts';
import type { WorkflowIdOf } from '../results.ts';
import { useRuntime } from './provider.ts';
import { viewOf } from './session/view-of.ts';
import type { ConversationView, SendOptions } from './session/conversation-view.ts';

/**
 * The conversation to show.
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
  /** 1 to 128 of A-Z a-z 0-9 . _ ~ : @ - ; keep it to return to the conversation, in the page's address for example. */
  readonly conversationId: string;
  /** The workflow that opens the conversation if it does not exist yet. Without it, such a conversation is `gone`. */
  readonly workflowId?: WorkflowIdOf<Definition> | undefined;
  /**
   * True if the agent speaks first in a conversation that does not exist yet: once, however many components or tabs
   * ask.
   * @default false
   */
  readonly open?: boolean | undefined;
  /**
   * What is known if the conversation does not exist yet: facts (`context`) and fields (`prefill`). Keep the object between
   * renders.
   */
  readonly opening?: Opening | undefined;
  /**
   * The behaviour of the user's turns while another turn runs, where `send` does not say.
   * @default 'reject'
   */
  readonly whenBusy?: WhenBusy | undefined;
}

/**
 * Shows a conversation and keeps it up to date, whoever takes its turns: this component, another one, another tab or
 * device. Components that show the same conversation share its state. A turn that was sent continues after they
 * unmount, and is there when they mount again.
 *
 * @example
 * ```tsx
 * function Chat({ conversationId }: { conversationId: string }) {
 *   const { messages, live, pending, isSending, send, retry } = useConversation({
 *     conversationId,
 *     workflowId: 'vendor-onboarding',
 *     open: true,
 *   });
 *   const submit = (form: FormData) => send(String(form.get('text')));
 *   return (
 *     <>
 *       {messages.map(({ id, role, text }) => (
 *         <p key={id}>
 *           {role}: {text}
 *         </p>
 *       ))}
 *       {live?.texts.map(({ streamId, text }) => <p key={streamId}>{text}</p>)}
 *       {pending?.phase === 'failed' && (
 *         <p role="alert">
 *           {pending.error?.message} <button onClick={() => retry()}>Try again</button>
 *         </p>
 *       )}
 *       <form action={submit}>
 *         <input name="text" disabled={isSending} />
 *       </form>
 *     </>
 *   );
 * }
 * ```
 */
export function useConversation<Definition extends TypedDefinition = ShippedDefinition>({
  conversationId,
  workflowId,
  open = false,
  opening,
  whenBusy,
}: UseConversationOptions<Definition>): ConversationView<Definition> {
  const { sessions } = useRuntime();
  const awaitsOpening = workflowId !== undefined;
  const visit = useCallback(
    (onChange: () => void) => sessions.of(conversationId).visit({ onChange, awaitsOpening }),
    [sessions, conversationId, awaitsOpening],
  );
  const shown = useCallback(() => sessions.of(conversationId).shown, [sessions, conversationId]);
  const state = useSyncExternalStore(visit, shown, shown);
  const view = useMemo(
    () => viewOf(state, { conversationId, workflowId }),
    [state, conversationId, workflowId],
  );

  const opens = open && view.status === 'unopened';
  useEffect(() => {
    if (opens) sessions.of(conversationId).turn.open({ workflowId, opening, whenBusy });
  }, [opens, sessions, conversationId, workflowId, opening, whenBusy]);

  const actions = useMemo(() => {
    const session = () => sessions.of(conversationId);
    const settings = (options: SendOptions = {}) => ({
      workflowId,
      opening,
      whenBusy: options.whenBusy ?? whenBusy,
    });
    return {
      loadOlder: () => void session().loadOlder(),
      send: (input, options) => session().turn.send(asTurnInput(input), settings(options)),
      submitCard: (cardId, data, { action, ...options } = {}) =>
        session().turn.send({ type: 'cardAction', cardId, data, action }, settings(options)),
      setFields: (data, { text, respond, ...options } = {}) =>
        session().turn.send({ type: 'data', data, text, respond }, settings(options)),
      undo: (options) => session().turn.send({ type: 'undo' }, settings(options)),
      stop: () => void session().stop(),
      retry: (options) =>
        session().turn.retry(settings(options), {
          isOtherInTheWay: options?.whenBusy !== undefined && session().isOtherInTheWay,
        }),
      discard: () => session().turn.discard(),
      end: (request) => void session().end(request),
      refetch: () => session().refetch(),
    } satisfies Partial<ConversationView>;
  }, [sessions, conversationId, workflowId, opening, whenBusy]);

  // The server guarantees a workflow's types. The caller says which workflows the server runs.
  return useMemo(() => ({ ...view, ...actions }) as ConversationView<Definition>, [view, actions]);
}
