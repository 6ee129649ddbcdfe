import type { FieldSource, Progress, SuggestedInput } from '../../contract/workflow-state.ts';
import { ownProperty } from './json.ts';
import { migrateOrThrow } from './migrate-state.ts';
import { findPosition, missingFields, progressOf } from './position.ts';
import type { Position } from './position.ts';
import type { WorkflowStateView } from './result.ts';
import type { ConversationState, Progression } from './state.ts';
import type { Workflow } from './workflow.ts';

interface View {
  readonly workflowState: WorkflowStateView;
  readonly progress: Progress;
}

/**
 * An active conversation as callers see it: under the loaded definition.
 * @param expiresAt milliseconds since the epoch
 * @throws TurnkeeperError DEFINITION_CHANGED
 */
export function viewActive(workflow: Workflow, stored: ConversationState, expiresAt: number): View {
  const state = migrateOrThrow(workflow, stored);
  const position = findPosition(workflow, state);
  const progress = progressOf(position);
  const suggestedInput = suggestedInputOf(state, position);
  return { workflowState: viewState(state, { progress, suggestedInput, expiresAt }), progress };
}

/** A finished conversation as callers see it: as it was stored, even if its definition has changed or is gone. */
export function viewFinished(state: ConversationState, expiresAt: number): View {
  const { progress } = state;
  const suggestedInput: SuggestedInput = { type: 'none' };
  return { workflowState: viewState(state, { progress, suggestedInput, expiresAt }), progress };
}

interface Derived {
  readonly progress: Progress;
  readonly suggestedInput: SuggestedInput;
  readonly expiresAt: number;
}

export function viewState(
  state: ConversationState,
  { progress, suggestedInput, expiresAt }: Derived,
): WorkflowStateView {
  return {
    status: state.status,
    currentStep: progress.currentStep,
    collected: state.collected,
    sources: sourcesOf(state),
    turnCount: state.turnCount,
    definitionVersion: state.definitionVersion,
    openedAt: state.openedAt,
    updatedAt: state.updatedAt,
    expiresAt,
    ...(state.outcome === undefined ? {} : { outcome: state.outcome }),
    suggestedInput,
  };
}

/** The source of each collected field. The state names only those that were not said. */
function sourcesOf({ collected, sources = {} }: ConversationState): WorkflowStateView['sources'] {
  return Object.fromEntries(
    Object.keys(collected).map((field): [string, FieldSource] => [
      field,
      ownProperty(sources, field) ?? 'said',
    ]),
  );
}

/** The control for the current step's next missing field, so that a client can draw the right one. */
export function suggestedInputOf(progression: Progression, position: Position): SuggestedInput {
  if (progression.status !== 'active') return { type: 'none' };
  if (progression.awaitsConfirmation) return { type: 'confirmation' };
  const next = missingFields(position.current, progression.collected)[0];
  if (next === undefined) return { type: 'text' };
  const { choices } = next;
  if (choices !== null) return { type: 'choice', field: next.name, choices };
  if (next.jsonSchema['type'] === 'boolean') return { type: 'confirmation', field: next.name };
  return { type: 'text', field: next.name };
}
