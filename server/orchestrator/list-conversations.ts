import type { ListedConversation } from '../../contract/results.ts';
import type { Progress } from '../../contract/workflow-state.ts';
import { migrateState } from '../domain/migrate-state.ts';
import type { Identity } from '../domain/identity.ts';
import { findPosition, progressOf } from '../domain/position.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Dependencies } from './dependencies.ts';
import type { ConversationsPage, ListPosition } from './ports/workflow-state-store.ts';

type ConversationInList = Omit<ListedConversation, 'openedAt' | 'updatedAt'> &
  Pick<ConversationState, 'openedAt' | 'updatedAt'>;

export interface ConversationList {
  readonly conversations: readonly ConversationInList[];
  /** Ids of the conversations of this page that can't be read, if there are any. */
  readonly unreadable?: readonly string[];
  readonly next: ListPosition | null;
}

/**
 * Lists the caller's live conversations, newest activity first, except those that can't be read (I12). Listing does not
 * slide their expiry.
 * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
 */
export async function listConversations(
  { store, workflows: { current: workflows }, observer }: Dependencies,
  identity: Identity,
  page: ConversationsPage,
): Promise<ConversationList> {
  const { conversations, unreadable = [], next } = await store.list(identity, page);
  for (const { key, fault } of unreadable)
    observer.tell({ type: 'conversation.unreadable', key, call: 'workflow.list', fault });
  return {
    next,
    ...(unreadable.length === 0 ? {} : { unreadable: unreadable.map(({ key }) => key.conversationId) }),
    conversations: conversations.map(({ conversationId, state }) => {
      const workflow = workflows.get(state.workflowId);
      const { status, outcome, turnCount, openedAt, updatedAt, workflowId } = state;
      return {
        conversationId,
        workflowId,
        title: workflow?.title ?? state.summary?.title ?? workflowId,
        status,
        ...(outcome === undefined ? {} : { outcome }),
        turnCount,
        openedAt,
        updatedAt,
        progress: currentProgress(workflow, state),
      };
    }),
  };
}

/** The progress under the loaded definition while the conversation can go on; otherwise that of the last commit. */
function currentProgress(
  workflow: Workflow | undefined,
  stored: ConversationState,
): ListedConversation['progress'] {
  if (workflow === undefined || stored.status !== 'active') return withoutSteps(stored.progress);
  return withoutSteps(progressOf(findPosition(workflow, migrateState(workflow, stored).state)));
}

function withoutSteps({ steps: _, ...progress }: Progress): ListedConversation['progress'] {
  return progress;
}
