import { findPosition, progressOf } from '../domain/position.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow } from '../domain/workflow.ts';

interface Opening {
  readonly incarnation: string;
  readonly now: number;
}

/** A conversation that nothing has happened in yet: revision 0 is never stored, the first commit makes it 1. */
export function openState(workflow: Workflow, { incarnation, now }: Opening): ConversationState {
  return {
    incarnation,
    revision: 0,
    committedBy: '',
    workflowId: workflow.id,
    definitionVersion: workflow.version,
    status: 'active',
    collected: {},
    passedSteps: [],
    awaitsConfirmation: false,
    turnCount: 0,
    shownCards: [],
    agentConversationId: null,
    agentName: null,
    openedAt: now,
    updatedAt: now,
    progress: progressOf(findPosition(workflow, { collected: {}, passedSteps: [] })),
  };
}
