import { carryOver } from '../domain/carry-over.ts';
import type { Identity } from '../domain/identity.ts';
import { findPosition, progressOf } from '../domain/position.ts';
import type { Progress } from '../domain/progress.ts';
import type { ConversationState, Outcome, Status } from '../domain/state.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Dependencies } from './dependencies.ts';
import type { ConversationsPage, ListPosition } from './ports/workflow-state-store.ts';

interface ListedConversation {
  readonly conversationId: string;
  readonly workflowId: string;
  readonly title: string;
  readonly status: Status;
  readonly outcome?: Outcome;
  readonly turnCount: number;
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly progress: Progress;
}

export interface ConversationList {
  readonly conversations: readonly ListedConversation[];
  readonly next: ListPosition | null;
}

/**
 * The caller's live conversations, newest activity first. Looking at the list keeps none of them alive.
 * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
 */
export async function listConversations(
  { store, workflows }: Dependencies,
  identity: Identity,
  page: ConversationsPage,
): Promise<ConversationList> {
  const { conversations, next } = await store.list(identity, page);
  return {
    next,
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

/** Under the loaded definition while there is one to go on with; otherwise as it was at the last commit. */
function currentProgress(workflow: Workflow | undefined, state: ConversationState): Progress {
  if (workflow === undefined || state.status !== 'active') return state.progress;
  return progressOf(findPosition(workflow, carryOver(workflow, state).state));
}
