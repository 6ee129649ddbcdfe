import type { Summary } from '../../contract/workflow-state.ts';
import type { Position } from './position.ts';
import type { ConversationState } from './state.ts';
import type { Field, Workflow } from './workflow.ts';

type Unsummarized = Pick<ConversationState, 'workflowId' | 'turnCount' | 'endReason'>;
type Finished = Pick<ConversationState, 'turnCount' | 'endReason' | 'collected'>;

/** The summary of a conversation whose definition is gone. */
export function bareSummary({ workflowId, turnCount, endReason }: Unsummarized): Summary {
  return {
    title: workflowId,
    turnCount,
    ...(endReason === undefined ? {} : { reason: endReason }),
    steps: [],
  };
}

export function summarize(workflow: Workflow, position: Position, state: Finished): Summary {
  return {
    title: workflow.title,
    turnCount: state.turnCount,
    ...(state.endReason === undefined ? {} : { reason: state.endReason }),
    steps: position.applicable.map((step) => ({
      id: step.id,
      title: step.title,
      isComplete: position.completed.has(step.id),
      fields: step.fields.flatMap((field) => {
        const value = state.collected[field.name];
        return value === undefined ? [] : [{ field: field.name, label: labelOf(field), value }];
      }),
    })),
  };
}

/** The label of a field: its schema's title, or its name with its words apart (`taxID` is "Tax ID"). */
export function labelOf(field: Field): string {
  return field.control.title;
}
