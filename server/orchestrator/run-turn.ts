import type { TurnInput } from '../domain/briefing.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import type { Message } from '../domain/message.ts';
import { normalizeActivities } from '../domain/normalize-activities.ts';
import { parseTurn } from '../domain/parse-turn.ts';
import { progressOf } from '../domain/position.ts';
import { reduceTurn } from '../domain/reduce-turn.ts';
import { viewState } from '../domain/result.ts';
import type { Timings, TurnRecord } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import { suggestedInputOf } from '../domain/suggested-input.ts';
import { summarize } from '../domain/summary.ts';
import type { Workflow } from '../domain/workflow.ts';
import { askAgent } from './ask-agent.ts';
import type { Dependencies } from './dependencies.ts';
import { describeCause } from './describe-cause.ts';
import { describeTurn } from './describe-turn.ts';
import { namedWorkflow } from './find-workflow.ts';
import { inputDigest } from './input-digest.ts';
import { OutcomeUnknown } from './outcome-unknown.ts';
import { replayOf } from './replay.ts';
import { startingPoint } from './starting-point.ts';
import type { WhenBusy } from './take-lease.ts';
import { withLease } from './with-lease.ts';
import type { HeldConversation } from './with-lease.ts';

export interface TurnCommand {
  readonly key: ConversationKey;
  readonly workflowId: string | undefined;
  /** The caller's idempotency key; one is made up for a caller that sent none. */
  readonly turnId: string | undefined;
  readonly input: TurnInput;
  readonly whenBusy: WhenBusy;
  /** How long to wait for others at most, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
}

export interface TurnResult extends TurnRecord {
  readonly conversationId: string;
  readonly replayed: boolean;
  readonly latencyMs: number;
  readonly timings: Timings;
}

interface Turn {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly named: Workflow | null;
  readonly input: TurnInput;
  readonly digest: string;
  readonly began: number;
}

/**
 * Runs one turn from end to end: lease, load, query, agent, parse, advance, commit. It happens entirely, exactly once,
 * or not at all (I1 to I5).
 * @throws TurnkeeperError of any reason (server/domain/errors.ts) but those of authentication; nothing of the turn is
 * stored then, unless the error is OutcomeUnknown
 */
export async function runTurn(dependencies: Dependencies, command: TurnCommand): Promise<TurnResult> {
  const { clock, ids, observer, workflows, gate } = dependencies;
  const turn: Turn = {
    key: command.key,
    turnId: command.turnId ?? ids.turnId(),
    named: namedWorkflow(workflows, command.workflowId),
    input: command.input,
    digest: inputDigest(command.input),
    began: clock.now(),
  };
  const { key, turnId, began } = turn;
  const { whenBusy, waitMs } = command;
  try {
    const outcome = await gate.run(() =>
      withLease(dependencies, key, { call: 'turn', turnId, whenBusy, waitMs }, (held) =>
        runHeldTurn(dependencies, turn, held),
      ),
    );
    if (outcome.kind === 'done') return outcome.result;
    const record = replayOf(outcome.used, turn);
    const latencyMs = clock.now() - began;
    observer.tell({ type: 'turn.replayed', key, turnId, turnNumber: record.turn.number, latencyMs });
    const timings = { waitMs: outcome.waitMs, loadMs: outcome.loadMs, agentMs: 0, commitMs: 0 };
    return { ...record, conversationId: key.conversationId, replayed: true, latencyMs, timings };
  } catch (error) {
    tellRolledBack(dependencies, turn, error);
    throw error;
  }
}

/** One line a turn: one that was only contended has been told of as that. */
function tellRolledBack(
  { clock, observer }: Dependencies,
  { key, turnId, began }: Turn,
  error: unknown,
): void {
  if (isTurnkeeperError(error, 'TURN_IN_PROGRESS')) return;
  observer.tell({
    type: 'turn.rolledBack',
    key,
    turnId,
    reason: isTurnkeeperError(error) ? error.reason : 'INTERNAL',
    isOutcomeUnknown: error instanceof OutcomeUnknown,
    latencyMs: clock.now() - began,
    ...describeCause(error),
  });
}

async function runHeldTurn(
  dependencies: Dependencies,
  turn: Turn,
  { loaded, leaseToken, signal, waitMs, loadMs, commit, noteAgentMayHaveHeard }: HeldConversation,
): Promise<TurnResult> {
  const { clock, observer, store } = dependencies;
  const { key, turnId, input, began } = turn;
  const { workflow, state } = startingPoint(dependencies, { ...turn, stored: loaded.state });
  const turnNumber = state.turnCount + 1;
  observer.tell({ type: 'turn.started', key, turnId, workflowId: workflow.id, turnNumber });

  // An agent that heard of a turn which never happened must not go on from there: it starts afresh (I5).
  const isAgentStale = loaded.holder?.isAgentStale === true;
  const answer = await askAgent(dependencies, {
    key,
    turnId,
    agentConversationId: isAgentStale ? null : state.agentConversationId,
    request: describeTurn(dependencies, { workflow, state, turnNumber, input, retold: loaded.lastTurns }),
    signal,
    noteAgentMayHaveHeard,
  });

  const parsed = parseTurn(answer.activities);
  const { next, position, delta } = reduceTurn(workflow, state, parsed);
  const said = normalizeActivities(answer.activities, { turn: turnNumber, prompt: parsed.prompt });
  const progress = progressOf(position);
  const updatedAt = clock.now();
  const nextState: ConversationState = {
    ...state,
    ...next,
    revision: state.revision + 1,
    committedBy: leaseToken,
    turnCount: turnNumber,
    shownCards: [...state.shownCards, ...cardIds(said)].slice(-limits.shownCards),
    agentConversationId: answer.agentConversationId,
    updatedAt,
    progress,
    ...(next.status === 'active'
      ? {}
      : { summary: summarize(workflow, position, { ...next, turnCount: turnNumber }) }),
  };
  const record: TurnRecord = {
    turnId,
    workflowId: workflow.id,
    messages: [...userMessage(input, turnNumber), ...said],
    extractedPayload: parsed.payload,
    workflowState: viewState(
      { state: nextState, progress, suggestedInput: suggestedInputOf(nextState, position) },
      { expiresAt: updatedAt + store.ttlSeconds * 1000 },
    ),
    progress,
    turn: { number: turnNumber, ...delta },
  };
  const guard = { leaseToken, loaded: loaded.state };
  await commit(() =>
    store.commit(key, { guard, state: nextState, turn: { inputDigest: turn.digest, record } }),
  );

  const committedAt = clock.now();
  const timings = { waitMs, loadMs, agentMs: answer.agentMs, commitMs: committedAt - updatedAt };
  const latencyMs = committedAt - began;
  observer.tell({
    type: 'turn.committed',
    key,
    turnId,
    workflowId: workflow.id,
    turnNumber,
    parse: delta.parse,
    rejectedFields: delta.rejected.map(({ field }) => field),
    timings,
    latencyMs,
  });
  return { ...record, conversationId: key.conversationId, replayed: false, latencyMs, timings };
}

function userMessage(input: TurnInput, turn: number): Message[] {
  const base = { id: `${turn}.0`, role: 'user', turn } as const;
  switch (input.type) {
    case 'text':
      return [{ ...base, kind: 'text', text: input.text, format: 'plain' }];
    case 'cardAction':
      return [{ ...base, kind: 'event', cardId: input.cardId, card: input.data }];
    case 'open':
      return [];
  }
}

function cardIds(messages: readonly Message[]): string[] {
  return messages.flatMap(({ cardId }) => (cardId === undefined ? [] : [cardId]));
}
