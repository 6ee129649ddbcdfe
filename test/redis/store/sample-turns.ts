import { randomUUID } from 'node:crypto';
import type { ConversationKey } from '../../../server/domain/identity.ts';
import type { TranscriptTurn, TurnRecord } from '../../../server/domain/result.ts';
import type { ConversationState } from '../../../server/domain/state.ts';
import { viewState } from '../../../server/domain/view.ts';
import type { Lease, LeaseKeeper, QueueTicket } from '../../../server/orchestrator/ports/lease.ts';
import type {
  Commit,
  LoadRequest,
  LoadedConversation,
  WorkflowStateStore,
} from '../../../server/orchestrator/ports/workflow-state-store.ts';

export interface Stores {
  readonly store: WorkflowStateStore;
  readonly leases: LeaseKeeper;
}

export const key: ConversationKey = { tenant: 'tenant', user: 'user', conversationId: 'conversation' };

/** The ticket of a new caller. */
export function newTicket(turnId: string | null = null): QueueTicket {
  return { turnId, id: randomUUID() };
}

/** The load of a call that is after the lease alone. */
export const justTheLease: LoadRequest = { turnId: null, opens: false };

/** A release by a holder whose agent has heard nothing. */
export const unheard = { agentMayHaveHeard: false };

/** The result of a load when there is no conversation and no lease. */
export const nothing: LoadedConversation = {
  leaseToken: null,
  holder: null,
  state: null,
  committedTurn: null,
  lastTurns: [],
  cardTurn: null,
};

/** Reads a whole transcript. */
export const allTurns = { turns: 1_000 };

interface TurnDetails {
  readonly turnId?: string;
  readonly inputDigest?: string;
  readonly collected?: ConversationState['collected'];
  readonly words?: string;
  /** Only used by the turn that opens. */
  readonly incarnation?: string;
}

/** The next turn, as the orchestrator would commit it on top of the loaded state. */
export function turnCommit(
  leaseToken: string,
  loaded: ConversationState | null,
  details: TurnDetails = {},
): Commit & { readonly turn: NonNullable<Commit['turn']> } {
  const number = (loaded?.turnCount ?? 0) + 1;
  const state: ConversationState = {
    incarnation: details.incarnation ?? 'incarnation-1',
    workflowId: 'survey',
    definitionVersion: 1,
    status: 'active',
    collected: {},
    passedSteps: [],
    awaitsConfirmation: false,
    shownCards: [],
    agentConversationId: null,
    agentName: null,
    openedAt: 1_000,
    updatedAt: 2_000,
    progress: {
      currentStep: 'rating',
      stepNumber: 1,
      totalSteps: 1,
      completedSteps: 0,
      percentComplete: 0,
      fieldsCollected: 0,
      fieldsRequired: 0,
      steps: [],
    },
    ...loaded,
    ...(details.collected === undefined ? {} : { collected: details.collected }),
    revision: (loaded?.revision ?? 0) + 1,
    committedBy: leaseToken,
    turnCount: number,
  };
  const turnId = details.turnId ?? `turn-${number}`;
  return {
    guard: { leaseToken, loaded },
    state,
    turn: {
      inputDigest: details.inputDigest ?? `digest-of-${turnId}`,
      record: sampleRecord(state, turnId, details),
    },
  };
}

function sampleRecord(
  state: ConversationState,
  turnId: string,
  { collected = {}, words = `answer ${state.turnCount}` }: TurnDetails,
): TurnRecord {
  const { progress, turnCount: number } = state;
  return {
    turnId,
    workflowId: 'survey',
    messages: [{ id: `${number}.1`, role: 'assistant', turn: number, kind: 'text', text: words }],
    extractedPayload: null,
    workflowState: viewState(state, {
      progress,
      suggestedInput: { type: 'text' },
      open: [],
      expiresAt: 3_000,
    }),
    progress,
    turn: {
      number,
      stateChanged: false,
      collected,
      rejected: [],
      ignored: [],
      step: { from: 'rating', to: 'rating' },
      action: null,
      parse: 'passthrough',
      parseIssues: [],
      citations: [],
    },
  };
}

/** The part of a record that the transcript tells. */
export function saidIn({ turnId, messages, extractedPayload, turn }: TurnRecord): TranscriptTurn {
  return { turnId, messages, extractedPayload, turn };
}

/** An end, as the orchestrator would commit it. */
export function endCommit(leaseToken: string, loaded: ConversationState): Commit {
  const { revision } = loaded;
  const state = { ...loaded, status: 'ended', outcome: 'cancelled', revision: revision + 1 } as const;
  return { guard: { leaseToken, loaded }, state: { ...state, committedBy: leaseToken } };
}

/** The lease, which must be free. */
export async function takeLease({ leases }: Stores, of: ConversationKey = key): Promise<Lease> {
  const acquired = await leases.acquire(of, newTicket(), justTheLease);
  if (acquired.kind === 'held') throw new Error('the lease was expected to be free');
  return acquired.lease;
}

/** Loads the conversation as it is under the lease that another call holds, or under none: it is given back at once. */
export async function look(
  { leases }: Pick<Stores, 'leases'>,
  of: ConversationKey,
  request: LoadRequest,
): Promise<LoadedConversation> {
  const acquired = await leases.acquire(of, newTicket(), request);
  if (acquired.kind === 'held') return acquired.loaded;
  await acquired.lease.release(unheard);
  return { ...acquired.loaded, leaseToken: null, holder: null };
}

/** Loads as a call does that is about to open the conversation, and of which nothing more is heard but that it let go. */
export async function beginOpening({ leases }: Pick<Stores, 'leases'>, of: ConversationKey): Promise<void> {
  const acquired = await leases.acquire(of, newTicket(), { turnId: null, opens: true });
  if (acquired.kind === 'held') return;
  // As before a commit, so that the release does not take the conversation out of the list.
  acquired.lease.stop();
  await acquired.lease.release(unheard);
}

export async function stateOf(stores: Stores, of: ConversationKey = key): Promise<ConversationState> {
  const { state } = await look(stores, of, justTheLease);
  if (state === null) throw new Error('there was expected to be a conversation');
  return state;
}

/** Runs a turn from lease to commit; it must succeed. */
export async function commitTurn(
  stores: Stores,
  of: ConversationKey = key,
  details: TurnDetails = {},
): Promise<Commit & { readonly turn: NonNullable<Commit['turn']> }> {
  const acquired = await stores.leases.acquire(of, newTicket(), { turnId: null, opens: true });
  if (acquired.kind === 'held') throw new Error('the lease was expected to be free');
  const { lease, loaded } = acquired;
  const commit = { ...turnCommit(lease.token, loaded.state, details), log: loaded.log };
  const result = await stores.store.commit(of, commit);
  lease.stop();
  if (result !== 'committed') throw new Error(`the turn was refused: ${result}`);
  return commit;
}
