import type { WhenBusy } from '../../contract/inputs.ts';
import type { EndResultOf } from '../../contract/results.ts';
import type { Outcome } from '../../contract/workflow-state.ts';
import { migrateState, carryOverWhole } from '../domain/migrate-state.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { allMissingFields, findPosition, progressOf } from '../domain/position.ts';
import { passAll } from '../domain/reduce-turn.ts';
import { viewState } from '../domain/result.ts';
import type { WithEpochTimes } from '../domain/result.ts';
import { finalStanding } from '../domain/standing.ts';
import type { ConversationState } from '../domain/state.ts';
import { bareSummary, summarize } from '../domain/summary.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Dependencies } from './dependencies.ts';
import { workflowOf } from './find-workflow.ts';
import { notFound } from './get-conversation.ts';
import { withLease } from './with-lease.ts';
import type { LeasedConversation } from './with-lease.ts';

export interface EndCommand {
  readonly key: ConversationKey;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  readonly purge: boolean;
  readonly whenBusy: WhenBusy;
  /** How long to wait for others at most, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
}

/**
 * Ends a conversation, under the same lease as a turn. One that has ended already stays as it is and answers the same.
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, FIELDS_MISSING, DEFINITION_CHANGED, TURN_IN_PROGRESS,
 * TURN_INTERRUPTED, LEASE_LOST, STATE_CHANGED, STATE_STORE_UNAVAILABLE, OVERLOADED, SHUTTING_DOWN; unless it purges,
 * CONVERSATION_UNREADABLE
 */
export async function endConversation(
  dependencies: Dependencies,
  command: EndCommand,
): Promise<WithEpochTimes<EndResultOf>> {
  const { key, whenBusy, waitMs } = command;
  const outcome = await dependencies.gate.run((slot) =>
    withLease(
      dependencies,
      key,
      { call: 'end', turnId: null, whenBusy, waitMs, slot, purges: command.purge },
      (held) => endHeld(dependencies, command, held),
    ),
  );
  if (outcome.kind === 'done') return outcome.result;
  throw new Error('a call without a turn id was answered as the replay of one');
}

async function endHeld(
  dependencies: Dependencies,
  command: EndCommand,
  held: LeasedConversation,
): Promise<WithEpochTimes<EndResultOf>> {
  const { store, workflows, clock, observer } = dependencies;
  const { loaded, leaseToken, commit } = held;
  if (loaded.unreadable !== undefined) return purgeUnreadable(dependencies, command, held);
  const { key, purge } = command;
  const began = clock.now();
  const { state } = loaded;
  if (state === null) throw notFound();
  const isEnding = state.status === 'active';
  const final = isEnding
    ? {
        ...finished(command, workflows, state),
        revision: state.revision + 1,
        committedBy: leaseToken,
        updatedAt: began,
      }
    : state;
  const guard = { leaseToken, loaded: state };
  if (purge || isEnding) {
    await commit(() => (purge ? store.purge(key, guard) : store.commit(key, { guard, state: final })));
    const outcome = final.outcome ?? command.outcome;
    observer.tell({
      type: 'conversation.ended',
      key,
      outcome,
      isPurged: purge,
      latencyMs: clock.now() - began,
    });
  }
  const expiresAt = purge ? clock.now() : clock.now() + store.ttlSeconds * 1000;
  return {
    conversationId: key.conversationId,
    workflowId: final.workflowId,
    workflowState: viewState(finalStanding(final), { expiresAt }),
    progress: final.progress,
    summary: final.summary ?? bareSummary(final),
    purged: purge,
  };
}

/** A way out of a conversation that can't be read (I12): everything of it is deleted, and nothing of it can be told. */
async function purgeUnreadable(
  { store, clock, observer }: Dependencies,
  { key }: EndCommand,
  { leaseToken, commit }: LeasedConversation,
): Promise<WithEpochTimes<EndResultOf>> {
  const now = clock.now();
  await commit(() => store.purge(key, { leaseToken, loaded: 'unreadable' }));
  observer.tell({
    type: 'conversation.ended',
    key,
    outcome: 'cancelled',
    isPurged: true,
    latencyMs: clock.now() - now,
  });
  return {
    conversationId: key.conversationId,
    workflowId: '',
    workflowState: {
      status: 'ended',
      outcome: 'cancelled',
      currentStep: '',
      collected: {},
      turnCount: 0,
      definitionVersion: 0,
      openedAt: now,
      updatedAt: now,
      expiresAt: now,
      suggestedInput: { type: 'none' },
    },
    progress: { currentStep: '', stepNumber: 0, totalSteps: 0, completedSteps: 0, percentComplete: 0 },
    summary: { title: '', turnCount: 0, steps: [] },
    purged: true,
    unreadable: true,
  };
}

/** The state that the conversation is left in, but for the commit's bookkeeping. */
function finished(
  { outcome, reason }: EndCommand,
  workflows: Dependencies['workflows'],
  stored: ConversationState,
): ConversationState {
  const withReason = reason === undefined ? stored : { ...stored, endReason: reason };
  return outcome === 'completed'
    ? completed(workflowOf(workflows, stored, null), withReason)
    : cancelled(workflows.get(stored.workflowId), withReason);
}

/**
 * Nobody should be kept in a conversation by a definition that it no longer fits, or that is gone: what can be carried
 * into the end is.
 */
function cancelled(workflow: Workflow | undefined, stored: ConversationState): ConversationState {
  const closing = { status: 'ended', outcome: 'cancelled', awaitsConfirmation: false } as const;
  if (workflow === undefined) return { ...stored, ...closing, summary: bareSummary(stored) };
  const { state } = migrateState(workflow, stored);
  const position = findPosition(workflow, state);
  return {
    ...state,
    ...closing,
    progress: progressOf(position),
    summary: summarize(workflow, position, state),
  };
}

function completed(workflow: Workflow, stored: ConversationState): ConversationState {
  const carried = carryOverWhole(workflow, stored);
  const missing = allMissingFields(findPosition(workflow, carried), carried.collected);
  if (missing.length > 0) {
    throw new TurnkeeperError(
      'FIELDS_MISSING',
      "This conversation can't be completed while required fields are missing.",
      {
        issues: missing.map((field) => ({
          path: field.name,
          message: `is required by step "${field.stepId}"`,
        })),
      },
    );
  }
  const passedSteps = passAll(findPosition(workflow, carried), carried.passedSteps);
  const position = findPosition(workflow, { collected: carried.collected, passedSteps });
  return {
    ...carried,
    status: 'completed',
    outcome: 'completed',
    awaitsConfirmation: false,
    passedSteps,
    progress: progressOf(position),
    summary: summarize(workflow, position, carried),
  };
}
