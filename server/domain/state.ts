import { z } from 'zod';
import {
  fieldSources,
  outcomes,
  progressSchema,
  statuses,
  summarySchema,
} from '../../contract/workflow-state.ts';

/**
 * The stored state of a conversation, as one JSON string. Its size does not grow with the conversation's length (I9),
 * because messages are in the transcript. It holds the id and version of the definition, never the definition itself.
 */
export const conversationStateSchema = z.object({
  /** Random, made when the conversation opens: tells it from an earlier one of the same id that was purged (I3). */
  incarnation: z.string(),
  /** Raised by one with every commit, of a turn or of an end (I3). */
  revision: z.int().positive(),
  /** The lease under which this revision was committed, so that a commit sent twice is known for the same (I4). */
  committedBy: z.string(),
  workflowId: z.string(),
  definitionVersion: z.int().positive(),
  status: z.enum(statuses),
  outcome: z.enum(outcomes).optional(),
  /** The caller's reason for ending it, in the caller's words. */
  endReason: z.string().optional(),
  collected: z.record(z.string(), z.json()),
  /** The sources of the collected fields that were not said; absent where all were. */
  sources: z.record(z.string(), z.enum(fieldSources)).optional(),
  /** The facts that it was opened with; absent for none. */
  context: z.record(z.string(), z.json()).optional(),
  /** The digest of the opening that it was opened with; absent for none. */
  openingDigest: z.string().optional(),
  /** The steps collecting nothing that the agent has declared done. */
  passedSteps: z.array(z.string()),
  /** True if the agent's last answer asked for a confirmation. */
  awaitsConfirmation: z.boolean(),
  /** The group of which the agent's last answer asked whether there is another item. */
  awaitsMore: z.string().optional(),
  /** The titles of collected values whose choices are looked up, by field. */
  choiceTitles: z.record(z.string(), z.string()).optional(),
  /** The number of the last committed turn (I1). */
  turnCount: z.int().nonnegative(),
  /** The number of the turn that an undo takes back; absent where there is none. */
  lastChange: z.int().positive().optional(),
  /** Tokens that its committed turns have taken, as far as the agent's endpoint counts them; absent for none. */
  tokensUsed: z.int().nonnegative().optional(),
  /** Ids of the cards that the agent showed last, oldest first, bounded. */
  shownCards: z.array(z.string()),
  agentConversationId: z.string().nullable(),
  /** The agent whose conversation that is: another agent knows nothing of it. */
  agentName: z.string().nullable().default(null),
  /** The progress at the last commit; once the conversation has finished, the progress that it made. */
  progress: progressSchema,
  /** The result, once it has finished. It is stored, so that no later definition changes a result that stands. */
  summary: summarySchema.optional(),
  /** Milliseconds since the epoch. */
  openedAt: z.int(),
  updatedAt: z.int(),
});

export type ConversationState = z.infer<typeof conversationStateSchema>;

/** The part of the state that an undo restores. */
export type Undoable = Pick<
  ConversationState,
  'collected' | 'sources' | 'passedSteps' | 'lastChange' | 'choiceTitles'
>;

/** The part of the state that turns change; the rest is bookkeeping of the commit. */
export type Progression = Pick<
  ConversationState,
  | 'status'
  | 'outcome'
  | 'collected'
  | 'passedSteps'
  | 'awaitsConfirmation'
  | 'awaitsMore'
  | 'choiceTitles'
  | 'turnCount'
>;
