import type { Message } from '../../contract/message.ts';
import type { ExtractedPayload, TurnMetadata } from '../../contract/results.ts';
import type { Progress, WorkflowState } from '../../contract/workflow-state.ts';
import type { Difference } from './json-difference.ts';

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

/** A committed turn as the transcript shows it: its messages, its payload and its effects. */
export interface TranscriptTurn {
  readonly turnId: string;
  /** The user's message, if the turn had one, and the agent's. */
  readonly messages: readonly Message[];
  readonly extractedPayload: ExtractedPayload | null;
  readonly turn: TurnMetadata;
  /** The difference from the state after the turn to that before it, of what an undo restores; absent where there is none. */
  readonly reverse?: Difference;
}

/** The conversation as a turn left it, as callers saw it then. */
export interface TurnView {
  readonly workflowId: string;
  readonly workflowState: WorkflowStateView;
  readonly progress: Progress;
}

/** A committed turn as a replay of its id returns it (I4). */
export interface TurnRecord extends TranscriptTurn, TurnView {}
