import type { WhenBusy } from '../../contract/inputs.ts';
import type { EndResultOf } from '../../contract/results.ts';
import type { Outcome } from '../../contract/workflow-state.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { migrateOrThrow, migrateState } from '../domain/migrate-state.ts';
import { allMissingFields, findPosition, progressOf } from '../domain/position.ts';
import { passAll } from '../domain/reduce-turn.ts';
import type { WithEpochTimes } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import { viewFinished } from '../domain/view.ts';
import { bareSummary, summarize } from '../domain/summary.ts';
import type { Workflow, Workflows } from '../domain/workflow.ts';
import type { Dependencies } from './dependencies.ts';
import { notFound } from './failures.ts';
import { leaseConversation } from './lease-conversation.ts';
import { workflowOf } from './open-or-resume.ts';

export interface EndCommand {
  readonly key: ConversationKey;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  /** True to delete everything about the conversation. */
  readonly purge: boolean;
  readonly whenBusy: WhenBusy;
  /** The longest wait for others, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
}

/**
 * Ends a conversation, under the same lease as a turn. One that has ended already stays as it is: ending it again
 * returns the same.
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, FIELDS_MISSING, DEFINITION_CHANGED, TURN_IN_PROGRESS,
 * TURN_INTERRUPTED, LEASE_LOST, STATE_CHANGED, STATE_STORE_UNAVAILABLE, OVERLOADED, SHUTTING_DOWN; unless it purges,
 * CONVERSATION_UNREADABLE
 */
export async function endConversation(
  dependencies: Dependencies,
  command: EndCommand,
): Promise<WithEpochTimes<EndResultOf>> {
  const { clock, gate, observer, store } = dependencies;
  const workflows = dependencies.workflows.current;
  const { key, purge } = command;
  using slot = gate.enter();
  await using lease = await leaseConversation(dependencies, { ...command, turnId: null }, { slot });
  if (lease.kind === 'replay') throw new Error('a call without a turn id was answered as the replay of one');
  const began = clock.now();
  const tellEnded = (outcome: Outcome): void => {
    const latencyMs = clock.now() - began;
    observer.tell({ type: 'conversation.ended', key, outcome, isPurged: purge, latencyMs });
  };
  if (lease.loaded.unreadable !== undefined) {
    await lease.purge();
    tellEnded('cancelled');
    return purgedUnread(key, began);
  }
  const { state } = lease.loaded;
  if (state === null) throw notFound();
  const isEnding = state.status === 'active';
  const final = isEnding ? { ...finished(command, workflows, state), updatedAt: began } : state;
  if (purge) await lease.purge();
  else if (isEnding) await lease.commit(final);
  if (purge || isEnding) tellEnded(final.outcome ?? command.outcome);
  const expiresAt = purge ? clock.now() : clock.now() + store.ttlSeconds * 1000;
  return {
    conversationId: key.conversationId,
    workflowId: final.workflowId,
    ...viewFinished(final, expiresAt),
    summary: final.summary ?? bareSummary(final),
    purged: purge,
  };
}

/** The way out of a conversation that can't be read (I12): it is deleted, and nothing of it can be told. */
function purgedUnread({ conversationId }: ConversationKey, now: number): WithEpochTimes<EndResultOf> {
  return {
    conversationId,
    workflowId: '',
    workflowState: {
      status: 'ended',
      outcome: 'cancelled',
      currentStep: '',
      collected: {},
      sources: {},
      turnCount: 0,
      definitionVersion: 0,
      openedAt: now,
      updatedAt: now,
      expiresAt: now,
      suggestedInput: { type: 'none' },
      open: [],
    },
    progress: {
      currentStep: '',
      stepNumber: 0,
      totalSteps: 0,
      completedSteps: 0,
      percentComplete: 0,
      fieldsCollected: 0,
      fieldsRequired: 0,
      steps: [],
    },
    summary: { title: '', turnCount: 0, steps: [] },
    purged: true,
    unreadable: true,
  };
}

/** @throws TurnkeeperError FIELDS_MISSING, DEFINITION_CHANGED */
function finished(
  { outcome, reason }: EndCommand,
  workflows: Workflows,
  stored: ConversationState,
): ConversationState {
  const withReason = reason === undefined ? stored : { ...stored, endReason: reason };
  return outcome === 'completed'
    ? completed(workflowOf(workflows, stored, null), withReason)
    : cancelled(workflows.get(stored.workflowId), withReason);
}

/**
 * Cancelling must work even if the definition changed or is gone: the fields that still fit are kept.
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
  const carried = migrateOrThrow(workflow, stored);
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
  const position = findPosition(workflow, { ...carried, passedSteps });
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
