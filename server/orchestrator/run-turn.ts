/**
 * One turn from end to end. It happens entirely, exactly once, or not at all.
 *
 * The job: put the steps of a turn into their order. The boundary: leasing, opening, asking and applying know their own
 * rules, and nothing here knows Redis, HTTP or an agent's wire. It keeps that
 * - everything happens under one lease, which is given back whatever happens (I1);
 * - one commit stores the whole turn, and only after the agent's complete answer (I2, I5);
 * - a turn id that was used before returns its record without asking the agent (I4).
 */
import type { Timings, TurnResultOf } from '../../contract/results.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import type { TurnRecord, WithEpochTimes } from '../domain/result.ts';
import { applyAnswer } from './apply-answer.ts';
import { askAgent } from './ask-agent.ts';
import type { AgentAnswer } from './ask-agent.ts';
import type { Dependencies } from './dependencies.ts';
import { OutcomeUnknown, describeCause } from './failures.ts';
import { checkSentChoices, resolveLookups } from './find-choices.ts';
import { leaseConversation } from './lease-conversation.ts';
import type { Replay } from './lease-conversation.ts';
import type { LeasedConversation } from './leased-conversation.ts';
import { recordedTurn } from './replay.ts';
import { ShownTurn } from './shown-turn.ts';
import { admissionOf } from './turn-admission.ts';
import { turnToUndo } from './turn-to-undo.ts';
import { beginTurn, openTurn } from './turn.ts';
import type { OpenTurn, Turn, TurnCommand } from './turn.ts';

/**
 * Runs one turn: lease, load, ask the agent, apply its answer, commit (I1 to I5).
 * @throws TurnkeeperError of any reason (contract/errors.ts); nothing of the turn is stored then, unless it is
 * OutcomeUnknown
 */
export async function runTurn(
  dependencies: Dependencies,
  command: TurnCommand,
): Promise<WithEpochTimes<TurnResultOf>> {
  const turn = beginTurn(dependencies, command);
  try {
    using slot = dependencies.gate.enter(); // OVERLOADED, SHUTTING_DOWN
    using admission = admissionOf(dependencies, turn);
    await using lease = await leaseConversation(dependencies, turn, { slot, admission }); // waits, interrupts; RATE_LIMITED
    if (lease.kind === 'replay') return replayed(dependencies, turn, lease);
    const undone = turn.input.type === 'undo' ? await turnToUndo(dependencies, turn.key, lease.loaded) : null;
    const opened = openTurn(dependencies, turn, lease.loaded, undone);
    admission?.begin();
    const open = opened.workflow.hasLookups ? await checkSentChoices(dependencies, opened, lease) : opened;
    return open.asksAgent
      ? await takeTurn(dependencies, open, lease)
      : await commitAnswer(dependencies, open, lease, null);
  } catch (error) {
    tellRolledBack(dependencies, turn, error);
    throw error;
  }
}

/** The part of a turn that watchers are shown. */
async function takeTurn(
  dependencies: Dependencies,
  turn: OpenTurn,
  lease: LeasedConversation,
): Promise<WithEpochTimes<TurnResultOf>> {
  const shown = new ShownTurn(dependencies, turn);
  try {
    const answer = await askAgent(dependencies, turn, lease, shown);
    const result = await commitAnswer(dependencies, turn, lease, answer);
    shown.committed();
    return result;
  } catch (error) {
    shown.failed(error);
    throw error;
  }
}

/** @param answer null for a turn that wants none */
async function commitAnswer(
  dependencies: Dependencies,
  turn: OpenTurn,
  lease: LeasedConversation,
  answer: AgentAnswer | null,
): Promise<WithEpochTimes<TurnResultOf>> {
  const { clock, digests, store } = dependencies;
  const lookups = await resolveLookups(dependencies, turn, answer, lease);
  const now = clock.now();
  const expiresAt = now + store.ttlSeconds * 1000;
  const { state, record } = applyAnswer(turn, answer, { now, expiresAt, lookups });
  await lease.commit(state, { record, inputDigest: digests.of(turn) });
  return committed(dependencies, turn, record, {
    waitMs: lease.waitMs,
    loadMs: lease.loadMs,
    agentMs: answer?.agentMs ?? 0,
    commitMs: clock.now() - now,
  });
}

function committed(
  { clock, observer }: Dependencies,
  { key, turnId, turnNumber, began }: OpenTurn,
  record: TurnRecord,
  timings: Timings,
): WithEpochTimes<TurnResultOf> {
  const latencyMs = clock.now() - began;
  const { parse, parseIssues, rejected, usage } = record.turn;
  observer.tell({
    type: 'turn.committed',
    key,
    turnId,
    workflowId: record.workflowId,
    turnNumber,
    parse,
    parseIssuesIn: [...new Set(parseIssues.map((issue) => issue.replace(/:.*$/s, '')))],
    rejectedFields: rejected.map(({ field }) => field),
    ...(usage === undefined ? {} : { usage }),
    timings,
    latencyMs,
  });
  return resultOf(record, { conversationId: key.conversationId, replayed: false, latencyMs, timings });
}

type TurnResult = WithEpochTimes<TurnResultOf>;

/** A record with the facts of this call. A spread with further members would make a hash table, which costs 10 µs. */
function resultOf(
  record: TurnRecord,
  { conversationId, replayed, latencyMs, timings }: Omit<TurnResult, keyof TurnRecord>,
): TurnResult {
  return {
    turnId: record.turnId,
    workflowId: record.workflowId,
    messages: record.messages,
    extractedPayload: record.extractedPayload,
    workflowState: record.workflowState,
    progress: record.progress,
    turn: record.turn,
    conversationId,
    replayed,
    latencyMs,
    timings,
  };
}

/** @throws TurnkeeperError as recordedTurn does */
function replayed(
  { clock, digests, observer }: Dependencies,
  turn: Turn,
  { committedTurn, waitMs, loadMs }: Replay,
): WithEpochTimes<TurnResultOf> {
  const { key, turnId, began } = turn;
  const record = recordedTurn(digests, turn, committedTurn);
  const latencyMs = clock.now() - began;
  observer.tell({ type: 'turn.replayed', key, turnId, turnNumber: record.turn.number, latencyMs });
  const timings = { waitMs, loadMs, agentMs: 0, commitMs: 0 };
  return resultOf(record, { conversationId: key.conversationId, replayed: true, latencyMs, timings });
}

/**
 * The log gets one line per turn. For a turn that was refused because another one ran, `lease.contended` is that line.
 */
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
