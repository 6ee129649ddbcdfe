import { carryOverWhole } from './migrate-state.ts';
import { findPosition, progressOf } from './position.ts';
import type { Standing } from './result.ts';
import type { ConversationState } from './state.ts';
import { suggestedInputOf } from './suggested-input.ts';
import type { Workflow } from './workflow.ts';

/**
 * Where an active conversation stands under the loaded definition.
 * @throws TurnkeeperError DEFINITION_CHANGED
 */
export function activeStanding(workflow: Workflow, stored: ConversationState): Standing {
  const state = carryOverWhole(workflow, stored);
  const position = findPosition(workflow, state);
  return { state, progress: progressOf(position), suggestedInput: suggestedInputOf(state, position) };
}

/** Where a finished conversation stands: as it was left, whatever has become of its definition. */
export function finalStanding(state: ConversationState): Standing {
  return { state, progress: state.progress, suggestedInput: { type: 'none' } };
}
