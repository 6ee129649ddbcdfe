import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ShippedDefinition } from '../../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../../workflows/definition/types.ts';
import { asTurnInput } from '../conversation.ts';
import { useRuntime } from './provider.ts';
import { viewOf } from './session/view-of.ts';
import type { ConversationView, SendOptions, UseConversationOptions } from './types.ts';

/**
 * Shows a conversation and keeps it up to date, whoever takes its turns: this component, another one, another tab or device.
 * Components that show the same conversation share its state. A turn that was sent continues after they unmount, and is
 * there when they mount again.
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
    if (opens) sessions.of(conversationId).turn.open({ workflowId, whenBusy });
  }, [opens, sessions, conversationId, workflowId, whenBusy]);

  const actions = useMemo(() => {
    const session = () => sessions.of(conversationId);
    const settings = (options: SendOptions = {}) => ({
      workflowId,
      whenBusy: options.whenBusy ?? whenBusy,
    });
    return {
      loadOlder: () => void session().loadOlder(),
      send: (input, options) => session().turn.send(asTurnInput(input), settings(options)),
      submitCard: (cardId, data, { action, ...options } = {}) =>
        session().turn.send({ type: 'cardAction', cardId, data, action }, settings(options)),
      retry: (options) =>
        session().turn.retry(settings(options), {
          isOtherInTheWay: options?.whenBusy !== undefined && session().isOtherInTheWay,
        }),
      discard: () => session().turn.discard(),
      end: (request) => void session().end(request),
      refetch: () => session().refetch(),
    } satisfies Partial<ConversationView>;
  }, [sessions, conversationId, workflowId, whenBusy]);

  // The server guarantees a workflow's types. The caller says which workflows the server runs.
  return useMemo(() => ({ ...view, ...actions }) as ConversationView<Definition>, [view, actions]);
}
