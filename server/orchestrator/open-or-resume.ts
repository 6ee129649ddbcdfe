import type { TurnInput } from '../../contract/inputs.ts';
import { carryOverWhole } from '../domain/migrate-state.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow } from '../domain/workflow.ts';
import { requireShownCard } from './check-card-action.ts';
import type { Dependencies } from './dependencies.ts';
import { workflowOf, workflowToOpen } from './find-workflow.ts';
import { openState } from './open-state.ts';

interface OpenedConversation {
  /** The workflow that the caller named, if one was. */
  readonly named: Workflow | null;
  readonly input: TurnInput;
  readonly stored: ConversationState | null;
}

/**
 * The state that a turn starts from, checked to be one that can take it.
 * @throws TurnkeeperError UNKNOWN_CARD, UNKNOWN_WORKFLOW, WORKFLOW_MISMATCH, WORKFLOW_ENDED, DEFINITION_CHANGED
 */
export function openOrResume(
  { workflows, ids, clock }: Dependencies,
  { named, input, stored }: OpenedConversation,
): { workflow: Workflow; state: ConversationState } {
  requireShownCard(input, stored);
  if (stored === null) {
    const workflow = workflowToOpen(workflows, named);
    return { workflow, state: openState(workflow, { incarnation: ids.incarnation(), now: clock.now() }) };
  }
  const workflow = workflowOf(workflows, stored, named);
  if (stored.status !== 'active') {
    throw new TurnkeeperError(
      'WORKFLOW_ENDED',
      `This conversation is ${stored.status}; its result stands. Start a new one.`,
    );
  }
  return { workflow, state: carryOverWhole(workflow, stored) };
}
