import type {
  ConversationPage,
  ConversationResult,
  ConversationResultOf,
  EndResult,
  EndResultOf,
  TurnResult,
  TurnResultOf,
} from '../../contract/results.ts';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { WorkflowState } from '../../contract/workflow-state.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { WithEpochTimes, WorkflowStateView } from '../domain/result.ts';
import type { ConversationList } from '../orchestrator/list-conversations.ts';
import type { WatchedEvent } from '../watch/watch-events.ts';
import { writeCursor } from './inputs.ts';

// Presenting a result turns its times into dates and gives it its workflow's literal types. The casts hold because a field
// gets into the state only through its schema, and the current step is always one of the definition's (I10).

/** A turn's messages are the agent's: the caller knows what it sent. */
export function presentTurn<Definition extends WorkflowDefinition>(
  result: WithEpochTimes<TurnResultOf>,
): TurnResult<Definition> {
  const messages = result.messages.filter(({ role }) => role === 'assistant');
  return { ...withDates(result), messages } as TurnResult<Definition>;
}

export function presentConversation<Definition extends WorkflowDefinition>(
  result: WithEpochTimes<ConversationResultOf>,
): ConversationResult<Definition> {
  return withDates(result) as ConversationResult<Definition>;
}

export function presentEnd<Definition extends WorkflowDefinition>(
  result: WithEpochTimes<EndResultOf>,
): EndResult<Definition> {
  return withDates(result) as EndResult<Definition>;
}

export function presentList({ conversations, unreadable, next }: ConversationList): ConversationPage {
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
  event: WatchedEvent,
  conversationId: string,
): ServerWatchEvent<Definition> {
  if (event.type === 'turn.committed') {
    const { record, type } = event;
    return { type, conversationId, ...withDates(record) } as ServerWatchEvent<Definition>;
  }
  if (event.type === 'conversation.ended' && !event.purged) {
    const { type, purged, final } = event;
    return { type, purged, ...withDates(final) } as ServerWatchEvent<Definition>;
  }
  return event;
}

function withDates<Result extends { readonly workflowState: WorkflowStateView }>(
  result: Result,
): Omit<Result, 'workflowState'> & { readonly workflowState: WorkflowState } {
  const { openedAt, updatedAt, expiresAt, ...state } = result.workflowState;
  return {
    ...result,
    workflowState: {
      ...state,
      openedAt: new Date(openedAt),
      updatedAt: new Date(updatedAt),
      expiresAt: new Date(expiresAt),
    },
  };
}
