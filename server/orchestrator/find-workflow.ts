import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow, Workflows } from '../domain/workflow.ts';

/**
 * The workflow that a caller named; `null` when none was named.
 * @throws TurnkeeperError UNKNOWN_WORKFLOW
 */
export function namedWorkflow(workflows: Workflows, workflowId: string | undefined): Workflow | null {
  if (workflowId === undefined) return null;
  const workflow = workflows.get(workflowId);
  if (workflow !== undefined) return workflow;
  const known = [...workflows.keys()].map((id) => `"${id}"`).join(', ');
  throw new TurnkeeperError('UNKNOWN_WORKFLOW', `There is no such workflow. This server runs ${known}.`, {
    issues: [{ path: 'workflowId', message: `must be one of ${known}` }],
  });
}

/**
 * The workflow to open a conversation with.
 * @throws TurnkeeperError UNKNOWN_WORKFLOW when none was named and there are several
 */
export function workflowToOpen(workflows: Workflows, named: Workflow | null): Workflow {
  if (named !== null) return named;
  const [only, ...others] = workflows.values();
  if (only !== undefined && others.length === 0) return only;
  const known = [...workflows.keys()].map((id) => `"${id}"`).join(', ');
  throw new TurnkeeperError(
    'UNKNOWN_WORKFLOW',
    `To open a conversation, name its workflow: one of ${known}.`,
    {
      issues: [{ path: 'workflowId', message: 'is required to open a conversation' }],
    },
  );
}

/**
 * The workflow that a stored conversation runs.
 * @throws TurnkeeperError DEFINITION_CHANGED when this server no longer has it, WORKFLOW_MISMATCH when the caller named
 * another
 */
export function workflowOf(workflows: Workflows, state: ConversationState, named: Workflow | null): Workflow {
  if (named !== null && named.id !== state.workflowId) throw workflowMismatch(state.workflowId);
  const workflow = workflows.get(state.workflowId);
  if (workflow !== undefined) return workflow;
  throw new TurnkeeperError(
    'DEFINITION_CHANGED',
    `This server no longer runs the workflow "${state.workflowId}".`,
  );
}

export function workflowMismatch(actualId: string): TurnkeeperError<'WORKFLOW_MISMATCH'> {
  return new TurnkeeperError(
    'WORKFLOW_MISMATCH',
    'This conversation runs another workflow than the one named.',
    {
      issues: [{ path: 'workflowId', message: `the conversation runs "${actualId}"` }],
    },
  );
}
