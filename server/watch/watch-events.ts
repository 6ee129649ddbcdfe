import type { FailureReason } from '../domain/errors.ts';
import type { LiveEvent } from '../answer/live/live-events.ts';
import type { Message } from '../domain/message.ts';
import type { Progress } from '../domain/progress.ts';
import type { TurnRecord, WorkflowStateView } from '../domain/result.ts';
import type { Summary } from '../domain/summary-schema.ts';

/** How a finished conversation was left. */
export interface FinishedConversation {
  readonly conversationId: string;
  readonly workflowId: string;
  readonly workflowState: WorkflowStateView;
  readonly progress: Progress;
  readonly summary: Summary;
}

/** What a watcher is shown. Only what is committed counts: everything else is for the eye, and may be missing. */
export type WatchEvent =
  /** Every turn up to this number was committed before; every later one is going to be shown. */
  | { readonly type: 'watch.started'; readonly turnNumber: number }
  /** A turn runs. It takes the place of one that was shown as running, whatever became of that. */
  | { readonly type: 'turn.started'; readonly turnId: string; readonly turnNumber: number }
  | (LiveEvent & { readonly turnId: string })
  /** A message of a committed turn, the user's included; `turn.committed` follows those of its turn. */
  | { readonly type: 'message'; readonly turnId: string; readonly message: Message }
  | { readonly type: 'turn.committed'; readonly record: TurnRecord }
  /** What was shown of the turn is not stored. Should it be committed after all, `turn.committed` says so. */
  | {
      readonly type: 'turn.failed';
      readonly turnId: string;
      readonly turnNumber: number;
      readonly reason: FailureReason;
      readonly retryable: boolean;
    }
  /** Nothing follows. */
  | { readonly type: 'conversation.ended'; readonly purged: false; readonly final: FinishedConversation }
  /** The conversation was purged, or forgotten. */
  | { readonly type: 'conversation.ended'; readonly purged: true };

/** An event, and what a watcher names to be shown what follows it. */
export interface TrackedWatchEvent {
  readonly id: string;
  readonly event: WatchEvent;
}
