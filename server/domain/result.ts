import type { Json } from '../../workflows/definition/json.ts';
import type { Message } from './message.ts';
import type { ExtractedPayload } from './parsed-turn.ts';
import type { Progress } from './progress.ts';
import type { TurnDelta } from './reduce-turn.ts';
import type { ConversationState, Outcome, Status } from './state.ts';
import type { SuggestedInput } from './suggested-input.ts';

/** The state as callers see it. Times are milliseconds since the epoch. */
export interface WorkflowStateView {
  readonly status: Status;
  readonly currentStep: string;
  readonly collected: Readonly<Record<string, Json>>;
  readonly turnCount: number;
  readonly definitionVersion: number;
  readonly openedAt: number;
  readonly updatedAt: number;
  /** When it is forgotten, if nothing happens until then. */
  readonly expiresAt: number;
  readonly outcome?: Outcome;
  readonly suggestedInput: SuggestedInput;
}

export interface TurnMetadata extends TurnDelta {
  readonly number: number;
}

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

/**
 * How long the parts of a call took, in milliseconds.
 *
 * @example
 * ```ts
 * const ownMs = ({ latencyMs, timings }: { latencyMs: number; timings: Timings }): number =>
 *   latencyMs - timings.agentMs;
 * ```
 */
export interface Timings {
  readonly waitMs: number;
  readonly loadMs: number;
  readonly agentMs: number;
  readonly commitMs: number;
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
