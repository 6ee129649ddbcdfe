import type { Message } from '../../../../contract/message.ts';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import type {
  ConversationStatus,
  ConversationView,
  OtherTurn,
  ShownMessage,
  WatchConnection,
} from './conversation-view.ts';
import type { SessionState } from './session-state.ts';
import { userMessage } from './stored-conversation.ts';

type Actions =
  | ('loadOlder' | 'send' | 'submitCard' | 'setFields' | 'undo' | 'stop')
  | ('retry' | 'discard' | 'end' | 'refetch');
export type ShownConversation = Omit<ConversationView<TypedDefinition>, Actions>;

interface Shown {
  readonly conversationId: string;
  readonly workflowId: string | undefined;
}

/** Derives what a component shows of a conversation. Pure. */
export function viewOf(state: SessionState, { conversationId, workflowId }: Shown): ShownConversation {
  const { stored, running, pending } = state;
  const status = statusOf(state, workflowId);
  return {
    conversationId,
    status,
    workflowId: stored?.workflowId ?? workflowId ?? null,
    workflowState: stored?.workflowState ?? null,
    progress: stored?.progress ?? null,
    lastTurn: stored?.lastTurn ?? null,
    suggestedInput: stored?.workflowState.suggestedInput ?? null,
    messages: messagesOf(state),
    hasOlder: (stored?.olderBefore ?? null) !== null,
    isLoadingOlder: state.isLoadingOlder,
    live: running?.answer ?? null,
    summary: state.summary,
    pending,
    isSending: pending?.phase === 'sending',
    busy: busyOf(state),
    error: errorOf(state, status),
    connection: connectionOf(state, status),
    ending: state.ending,
  };
}

function statusOf(state: SessionState, workflowId: string | undefined): ConversationStatus {
  const { stored, isGone, isMissing, loadError } = state;
  if (isGone) return 'gone';
  if (isMissing) return workflowId === undefined ? 'gone' : 'unopened';
  if (stored === undefined) return loadError === null ? 'loading' : 'failed';
  return stored.workflowState.status;
}

/** The stored messages, and the user's own message while its turn is in flight, or its outcome unknown. */
function messagesOf({ stored, pending }: SessionState): ShownMessage[] {
  const messages = (stored?.messages ?? []).map(asStored);
  if (pending === null || (pending.phase === 'failed' && !pending.isOutcomeUnknown)) return messages;
  const delivery = pending.phase;
  const turn = (stored?.workflowState.turnCount ?? 0) + 1;
  const own = userMessage(pending.input, turn, `local:${pending.turnId}`);
  return [...messages, ...own.map((message) => ({ ...message, delivery }))];
}

const storedMessages = new WeakMap<Message, ShownMessage>();

/** Returns the same object for the same message, so that its component need not render again. */
function asStored(message: Message): ShownMessage {
  const shown = storedMessages.get(message) ?? { ...message, delivery: 'stored' };
  storedMessages.set(message, shown);
  return shown;
}

function busyOf({ running, pending, refusedFor }: SessionState): OtherTurn | null {
  if (refusedFor !== null) return refusedFor;
  if (running === null || running.answer.turnId === pending?.turnId) return null;
  return { runningForMs: null, turnId: running.answer.turnId };
}

/** An unopened conversation is missing, which is no error to show. */
function errorOf({ loadError, watchError, olderError }: SessionState, status: ConversationStatus) {
  return status === 'unopened' ? watchError : (loadError ?? watchError ?? olderError);
}

function connectionOf({ connection }: SessionState, status: ConversationStatus): WatchConnection {
  if (status === 'gone') return 'ended';
  return status === 'failed' ? 'interrupted' : connection;
}
