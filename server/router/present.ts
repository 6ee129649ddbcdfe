import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { JsonWorkflowTypes } from '../../workflows/definition/types.ts';
import type { EndResult } from '../orchestrator/end-conversation.ts';
import type { ConversationView } from '../orchestrator/get-conversation.ts';
import type { ConversationList } from '../orchestrator/list-conversations.ts';
import type { TurnResult } from '../orchestrator/run-turn.ts';
import type { WatchEvent } from '../watch/watch-events.ts';
import type { WorkflowStateView } from '../domain/result.ts';
import { writeCursor } from './inputs.ts';
import type { EndOutput, GetOutput, ListOutput, TurnOutput, WorkflowState } from './results.ts';
import type { WatchOutput } from './watch-results.ts';

// The casts below put a workflow's literal types on a result. They hold because a field gets into the state only
// through its schema, and the current step is always one of the definition's (I10).

export function presentTurn<Definition extends WorkflowDefinition>(
  result: TurnResult,
): TurnOutput<Definition> {
  const { messages, workflowState, ...rest } = result;
  return {
    ...rest,
    messages: messages.filter(({ role }) => role === 'assistant'),
    workflowState: presentState(workflowState),
  } as TurnOutput<Definition>;
}

export function presentConversation<Definition extends WorkflowDefinition>(
  view: ConversationView,
): GetOutput<Definition> {
  return { ...view, workflowState: presentState(view.workflowState) } as GetOutput<Definition>;
}

export function presentEnd<Definition extends WorkflowDefinition>(result: EndResult): EndOutput<Definition> {
  return { ...result, workflowState: presentState(result.workflowState) } as EndOutput<Definition>;
}

export function presentList({ conversations, unreadable, next }: ConversationList): ListOutput {
  return {
    ...(unreadable === undefined ? {} : { unreadable: [...unreadable] }),
    conversations: conversations.map((conversation) => ({
      ...conversation,
      openedAt: new Date(conversation.openedAt),
      updatedAt: new Date(conversation.updatedAt),
    })),
    nextCursor: next === null ? null : writeCursor(next),
  };
}

export function presentWatchEvent<Definition extends WorkflowDefinition>(
  event: WatchEvent,
  conversationId: string,
): WatchOutput<Definition> {
  if (event.type === 'turn.committed') {
    const { record, type } = event;
    const workflowState = presentState(record.workflowState);
    return { type, conversationId, ...record, workflowState } as WatchOutput<Definition>;
  }
  if (event.type === 'conversation.ended' && !event.purged) {
    const { type, purged, final } = event;
    const workflowState = presentState(final.workflowState);
    return { type, purged, ...final, workflowState } as WatchOutput<Definition>;
  }
  return event;
}

function presentState(view: WorkflowStateView): WorkflowState<JsonWorkflowTypes> {
  return {
    ...view,
    openedAt: new Date(view.openedAt),
    updatedAt: new Date(view.updatedAt),
    expiresAt: new Date(view.expiresAt),
  };
}
