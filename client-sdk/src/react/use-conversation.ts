import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ShippedDefinition } from '../../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../../workflows/definition/types.ts';
import { useRuntime } from './provider.ts';
import { viewOf } from './session/view-of.ts';
import type { ConversationView, UseConversationOptions } from './types.ts';

/**
 * A conversation, kept up to date whoever takes its turns: from this component, another one, another tab or device.
 * Components that show the same one share what they know of it. A turn that was sent goes on when they are gone, and is
 * there when they come back.
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
    const settings = (own: { readonly whenBusy?: typeof whenBusy } = {}) => ({
      workflowId,
      whenBusy: own.whenBusy ?? whenBusy,
    });
    return {
      loadOlder: () => void session().loadOlder(),
      send: (input, options) =>
        session().turn.send(
          typeof input === 'string' ? { type: 'text', text: input } : input,
          settings(options),
        ),
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

  // The server vouches for a workflow's types; which workflows it runs is for the caller to say.
  return useMemo(() => ({ ...view, ...actions }) as ConversationView<Definition>, [view, actions]);
}
