import type { TurnInput, WhenBusy } from '../../contract/inputs.ts';
import type { TurnResultOf } from '../../contract/results.ts';
import type { AgentInput } from '../domain/briefing.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { WithEpochTimes } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow } from '../domain/workflow.ts';
import { askAgent } from './ask-agent.ts';
import { cardTurnOf, toAgentInput } from './check-card-action.ts';
import type { Dependencies } from './dependencies.ts';
import { describeCause } from './describe-cause.ts';
import { describeTurn } from './describe-turn.ts';
import { namedWorkflow } from './find-workflow.ts';
import { OutcomeUnknown } from './outcome-unknown.ts';
import { replayOf } from './replay.ts';
import { whileShown } from './show-live.ts';
import { openOrResume } from './open-or-resume.ts';
import { applyAnswer } from './apply-answer.ts';
import { withLease } from './with-lease.ts';
import type { LeasedConversation } from './with-lease.ts';

export interface TurnCommand {
  readonly key: ConversationKey;
  /** The caller's own access token; null where there is none. */
  readonly userToken: string | null;
  readonly workflowId: string | undefined;
  /** The caller's idempotency key; one is made up for a caller that sent none. */
  readonly turnId: string | undefined;
  readonly input: TurnInput;
  readonly whenBusy: WhenBusy;
  /** How long to wait for others at most, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
}

interface Turn {
  readonly key: ConversationKey;
  readonly userToken: string | null;
  readonly turnId: string;
  readonly named: Workflow | null;
  readonly input: TurnInput;
  readonly began: number;
}

/**
 * Runs one turn from end to end: lease, load, query, agent, parse, advance, commit. It happens entirely, exactly once,
 * or not at all (I1 to I5).
 * @throws TurnkeeperError of any reason (server/domain/errors.ts); nothing of the turn is
 * stored then, unless the error is OutcomeUnknown
 */
export async function runTurn(
  dependencies: Dependencies,
  command: TurnCommand,
): Promise<WithEpochTimes<TurnResultOf>> {
  const { clock, digests, ids, observer, workflows, gate } = dependencies;
  const turn: Turn = {
    key: command.key,
    userToken: command.userToken,
    turnId: command.turnId ?? ids.turnId(),
    named: namedWorkflow(workflows, command.workflowId),
    input: command.input,
    began: clock.now(),
  };
  const { key, turnId, began } = turn;
  const { whenBusy, waitMs } = command;
  const cardTurn = cardTurnOf(command.input);
  const reads = {
    historyTurns: dependencies.agent.historyTurns ?? 0,
    ...(cardTurn === null ? {} : { cardTurn }),
  };
  try {
    const outcome = await gate.run((slot) =>
      withLease(dependencies, key, { call: 'turn', turnId, whenBusy, waitMs, slot, reads }, (held) =>
        runHeldTurn(dependencies, turn, held),
      ),
    );
    if (outcome.kind === 'done') return outcome.result;
    const comparison = digests.compare(outcome.used.inputDigest, turn);
    const record = replayOf(outcome.used, { comparison, named: turn.named });
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

/** What a turn begins with. */
interface Begun {
  readonly workflow: Workflow;
  readonly state: ConversationState;
  readonly turnNumber: number;
  readonly agentInput: AgentInput;
}

async function runHeldTurn(
  dependencies: Dependencies,
  turn: Turn,
  held: LeasedConversation,
): Promise<WithEpochTimes<TurnResultOf>> {
  const { key, turnId, input } = turn;
  const { workflow, state } = openOrResume(dependencies, { ...turn, stored: held.loaded.state });
  const agentInput = toAgentInput(workflow, input, held.loaded.cardTurn);
  const turnNumber = state.turnCount + 1;
  dependencies.observer.tell({ type: 'turn.started', key, turnId, workflowId: workflow.id, turnNumber });
  const begun = { workflow, state, turnNumber, agentInput };
  return whileShown(dependencies, { key, turnId, turnNumber }, () =>
    askAndCommit(dependencies, { turn, held, begun }),
  );
}

async function askAndCommit(
  dependencies: Dependencies,
  { turn, held, begun }: { readonly turn: Turn; readonly held: LeasedConversation; readonly begun: Begun },
): Promise<WithEpochTimes<TurnResultOf>> {
  const { agent, clock, digests, observer, store } = dependencies;
  const { key, turnId, userToken, began } = turn;
  const { loaded, leaseToken, signal, waitMs, loadMs, commit, noteAgentMayHaveHeard } = held;
  const { workflow, state, turnNumber, agentInput } = begun;
  // An agent that heard of a turn which never happened must not go on from there: it starts afresh (I5). So does one
  // that never heard of the conversation, because another agent was asked before.
  const isAgentStale = loaded.holder?.isAgentStale === true || state.agentName !== agent.name;
  const answer = await askAgent(dependencies, {
    key,
    turnId,
    userToken,
    agentConversationId: isAgentStale ? null : state.agentConversationId,
    request: describeTurn(dependencies, {
      ...{ workflow, state, turnNumber },
      input: agentInput,
      lastTurns: loaded.lastTurns,
    }),
    signal,
    noteAgentMayHaveHeard,
  });

  const committingAt = clock.now();
  const { state: nextState, record } = applyAnswer(
    { turnId, input: agentInput, workflow, state, agentName: agent.name },
    answer,
    { leaseToken, now: committingAt, ttlSeconds: store.ttlSeconds },
  );
  const guard = { leaseToken, loaded: loaded.state };
  await commit(() =>
    store.commit(key, { guard, state: nextState, turn: { inputDigest: digests.of(turn), record } }),
  );

  const committedAt = clock.now();
  const timings = { waitMs, loadMs, agentMs: answer.agentMs, commitMs: committedAt - committingAt };
  const latencyMs = committedAt - began;
  observer.tell({
    type: 'turn.committed',
    key,
    turnId,
    workflowId: workflow.id,
    turnNumber,
    parse: record.turn.parse,
    parseIssuesIn: [...new Set(record.turn.parseIssues.map((issue) => issue.replace(/:.*$/s, '')))],
    rejectedFields: record.turn.rejected.map(({ field }) => field),
    timings,
    latencyMs,
  });
  return { ...record, conversationId: key.conversationId, replayed: false, latencyMs, timings };
}
