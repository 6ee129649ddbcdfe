import type { FieldSource, OpenField, Progress, SuggestedInput } from '../../contract/workflow-state.ts';
import { ownProperty } from './json.ts';
import { migrateOrThrow } from './migrate-state.ts';
import { findPosition, nextField, openFields, progressOf } from './position.ts';
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
  return {
    workflowState: viewState(state, { progress, ...controlsOf(state, position), expiresAt }),
    progress,
  };
}

/** A finished conversation as callers see it: as it was stored, even if its definition has changed or is gone. */
export function viewFinished(state: ConversationState, expiresAt: number): View {
  const { progress } = state;
  return { workflowState: viewState(state, { progress, ...noControls, expiresAt }), progress };
}

/** The controls that the state calls for, so that a client can draw them. */
export interface Controls {
  readonly suggestedInput: SuggestedInput;
  readonly open: readonly OpenField[];
}

interface Derived extends Controls {
  readonly progress: Progress;
  readonly expiresAt: number;
}

export function viewState(
  state: ConversationState,
  { progress, suggestedInput, open, expiresAt }: Derived,
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
    open,
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

const noControls: Controls = { suggestedInput: { type: 'none' }, open: [] };

export function controlsOf(progression: Progression, position: Position): Controls {
  if (progression.status !== 'active') return noControls;
  return {
    suggestedInput: suggestedInputOf(progression, position),
    open: openFields(position).map(({ control }) => control),
  };
}

/** The control for the current step's next missing field. */
function suggestedInputOf({ awaitsConfirmation }: Progression, position: Position): SuggestedInput {
  if (awaitsConfirmation) return { type: 'confirmation' };
  return nextField(position)?.control ?? { type: 'text' };
}
