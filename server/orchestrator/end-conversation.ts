import { carryOver, carryOverWhole } from '../domain/carry-over.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { allMissingFields, findPosition, progressOf } from '../domain/position.ts';
import type { Progress } from '../domain/position.ts';
import { passAll } from '../domain/reduce-turn.ts';
import { viewState } from '../domain/result.ts';
import type { WorkflowStateView } from '../domain/result.ts';
import type { ConversationState, Outcome } from '../domain/state.ts';
import { summarize } from '../domain/summary.ts';
import type { Summary } from '../domain/summary.ts';
import type { Workflow } from '../domain/workflow.ts';
import { mustCommit } from './commit.ts';
import type { Dependencies } from './dependencies.ts';
import { workflowOf } from './find-workflow.ts';
import { notFound } from './get-conversation.ts';
import { withLease } from './with-lease.ts';
import type { HeldConversation } from './with-lease.ts';

export interface EndCommand {
  readonly key: ConversationKey;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  readonly purge: boolean;
}

export interface EndResult {
  readonly conversationId: string;
  readonly workflowId: string;
  readonly workflowState: WorkflowStateView;
  readonly progress: Progress;
  readonly summary: Summary;
  /** Whether everything about the conversation was deleted with it. */
  readonly purged: boolean;
}

/**
 * Ends a conversation, under the same lease as a turn. One that has ended already stays as it is and answers the same.
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, FIELDS_MISSING, DEFINITION_CHANGED, TURN_IN_PROGRESS, LEASE_LOST,
 * STATE_CHANGED, STATE_STORE_UNAVAILABLE
 */
export async function endConversation(dependencies: Dependencies, command: EndCommand): Promise<EndResult> {
  const outcome = await withLease(dependencies, command.key, { call: 'end', turnId: null }, (held) =>
    endHeld(dependencies, command, held),
  );
  if (outcome.kind === 'done') return outcome.result;
  throw new Error('a call without a turn id was answered as the replay of one');
}

async function endHeld(
  { store, workflows, clock, observer }: Dependencies,
  command: EndCommand,
  { loaded, lease, leaseIsFreed }: HeldConversation,
): Promise<EndResult> {
  const { key, purge } = command;
  const began = clock.now();
  if (loaded.state === null) throw notFound();
  const workflow = workflowOf(workflows, loaded.state, null);
  const isEnding = loaded.state.status === 'active';
  const final = isEnding
    ? endedState(workflow, loaded.state, { command, leaseToken: lease.token, now: began })
    : carryOver(workflow, loaded.state).state;
  const guard = { leaseToken: lease.token, loaded: loaded.state };
  if (purge) await mustCommit(() => store.purge(key, guard));
  else if (isEnding) await mustCommit(() => store.commit(key, { guard, state: final }));
  if (purge || isEnding) {
    leaseIsFreed();
    const outcome = final.outcome ?? command.outcome;
    observer.tell({
      type: 'conversation.ended',
      key,
      outcome,
      isPurged: purge,
      latencyMs: clock.now() - began,
    });
  }
  const position = findPosition(workflow, final);
  const expiresAt = purge ? clock.now() : clock.now() + store.ttlSeconds * 1000;
  return {
    conversationId: key.conversationId,
    workflowId: workflow.id,
    workflowState: viewState(final, position, { expiresAt }),
    progress: progressOf(position),
    summary: summarize(workflow, position, final),
    purged: purge,
  };
}

interface Ending {
  readonly command: EndCommand;
  readonly leaseToken: string;
  readonly now: number;
}

function endedState(
  workflow: Workflow,
  stored: ConversationState,
  { command, leaseToken, now }: Ending,
): ConversationState {
  const closing = {
    outcome: command.outcome,
    awaitsConfirmation: false,
    revision: stored.revision + 1,
    committedBy: leaseToken,
    updatedAt: now,
    ...(command.reason === undefined ? {} : { endReason: command.reason }),
  };
  // Nobody should be kept in a conversation by a definition it no longer fits: what fits is carried into the end.
  if (command.outcome === 'cancelled') {
    return { ...carryOver(workflow, stored).state, ...closing, status: 'ended' };
  }
  const state = carryOverWhole(workflow, stored);
  const position = findPosition(workflow, state);
  const missing = allMissingFields(position, state.collected);
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
  return { ...state, ...closing, status: 'completed', passedSteps: passAll(position, state.passedSteps) };
}
