import type { Message } from '../../contract/message.ts';
import type { ExtractedPayload, TurnMetadata } from '../../contract/results.ts';
import type { Progress, SuggestedInput, WorkflowState } from '../../contract/workflow-state.ts';
import type { ConversationState } from './state.ts';

type Moment = 'openedAt' | 'updatedAt' | 'expiresAt';

/** The state as callers see it, but with times in milliseconds since the epoch: it is stored with its turn. */
export type WorkflowStateView = Omit<WorkflowState, Moment> & Readonly<Record<Moment, number>>;

/** A result as the use cases return it: the router turns the state's times into dates. */
export type WithEpochTimes<Result extends { workflowState: WorkflowState }> = Omit<
  Result,
  'workflowState'
> & {
  readonly workflowState: WorkflowStateView;
};

/** A committed turn, whole: what the transcript holds of it, and what a replay of its id answers (I4). */
export interface TurnRecord {
  readonly turnId: string;
  readonly workflowId: string;
  /** The user's message, if the turn had one, and the agent's. */
  readonly messages: readonly Message[];
  readonly extractedPayload: ExtractedPayload | null;
  readonly workflowState: WorkflowStateView;
  readonly progress: Progress;
  readonly turn: TurnMetadata;
}

/** Where a conversation stands: under its workflow's definition while it is active, and for good once it has finished. */
export interface Standing {
  readonly state: ConversationState;
  readonly progress: Progress;
  readonly suggestedInput: SuggestedInput;
}

interface ViewOptions {
  readonly expiresAt: number;
}

export function viewState(
  { state, progress, suggestedInput }: Standing,
  { expiresAt }: ViewOptions,
): WorkflowStateView {
  return {
    status: state.status,
    currentStep: progress.currentStep,
    collected: state.collected,
    turnCount: state.turnCount,
    definitionVersion: state.definitionVersion,
    openedAt: state.openedAt,
    updatedAt: state.updatedAt,
    expiresAt,
    ...(state.outcome === undefined ? {} : { outcome: state.outcome }),
    suggestedInput,
  };
}
