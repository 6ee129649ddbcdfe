import type { Message } from '../../contract/message.ts';
import type { RejectedField } from '../../contract/results.ts';
import { AgentFailure } from '../answer/agent-failure.ts';
import { normalizeAnswer } from '../answer/normalize/normalize-answer.ts';
import { strayJson } from '../answer/text-drafts.ts';
import { parseTurn } from '../answer/parse-turn.ts';
import type { AgentInput } from '../domain/briefing.ts';
import { limits } from '../domain/limits.ts';
import { nextSources } from '../domain/field-sources.ts';
import { jsonEquals } from '../domain/merge-fields.ts';
import { boundIssues, nothingSaid } from '../domain/parsed-turn.ts';
import type { ParsedTurn } from '../domain/parsed-turn.ts';
import { findPosition, progressOf } from '../domain/position.ts';
import { reduceTurn } from '../domain/reduce-turn.ts';
import type { TurnDelta } from '../domain/reduce-turn.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { ConversationState, Progression } from '../domain/state.ts';
import { changedFields, reverseOf } from '../domain/undo.ts';
import { controlsOf, viewState } from '../domain/view.ts';
import { summarize } from '../domain/summary.ts';
import type { LookupOutcomes } from '../domain/choice-outcomes.ts';
import type { AgentAnswer } from './ask-agent.ts';
import { toAgentError } from './failures.ts';
import type { OpenTurn } from './turn.ts';

interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly expiresAt: number;
  /** The outcomes of the lookups that checked the answer's data. */
  readonly lookups: LookupOutcomes;
}

/**
 * Returns the state that follows from the turn's input and the agent's answer, and the turn's record. Pure: the commit adds
 * revision and lease by itself.
 * @param answer null for a turn that wants none
 * @throws TurnkeeperError AGENT_FAILED for an answer without any effect
 */
export function applyAnswer(
  turn: OpenTurn,
  answer: AgentAnswer | null,
  { now, expiresAt, lookups }: Surroundings,
): { state: ConversationState; record: TurnRecord } {
  const { turnId, turnNumber, agentInput, workflow, before, state } = turn;
  const { parsed, said, issues } = answer === null ? unasked(state) : readAnswered(turn, answer);
  const { parsed: allowed, rejected } = withoutFixed(parsed, turn);
  const { next, position, delta } = reduceTurn(workflow, state, allowed, { context: state.context, lookups });
  const parseIssues = boundIssues([...delta.parseIssues, ...issues]);
  if (answer !== null) requireEffect(parsed, { said, parseIssues });
  const progress = progressOf(position);
  const usage = answer?.usage ?? null;
  const sources = nextSources(
    state.sources,
    delta.collected,
    agentInput.type === 'cardAction' ? 'card' : 'said',
  );
  const { lastChange } = state;
  const { collected, passedSteps, choiceTitles } = next;
  const reverse =
    agentInput.type === 'undo'
      ? null
      : reverseOf(turnNumber, before, { collected, passedSteps, sources, lastChange, choiceTitles });
  const nextState: ConversationState = {
    ...state,
    ...next,
    // A turn without an answer leaves what was asked as it was.
    ...(answer === null ? { awaitsConfirmation: next.status === 'active' && state.awaitsConfirmation } : {}),
    sources,
    lastChange: reverse === null ? lastChange : turnNumber,
    turnCount: turnNumber,
    shownCards: [...state.shownCards, ...cardIds(said.messages)].slice(-limits.shownCards),
    ...agentAfter(turn, parsed, answer),
    updatedAt: now,
    progress,
    ...(usage === null
      ? {}
      : { tokensUsed: (state.tokensUsed ?? 0) + usage.inputTokens + usage.outputTokens }),
    ...(next.status === 'active'
      ? {}
      : { summary: summarize(workflow, position, { ...next, turnCount: turnNumber }) }),
  };
  const effects = {
    ...effectsOf(turn, next, delta),
    ...(agentInput.type === 'undo' ? { undid: agentInput.undid } : {}),
  };
  const record: TurnRecord = {
    turnId,
    workflowId: workflow.id,
    messages: [...userMessage(agentInput, turnNumber), ...said.messages],
    extractedPayload: parsed.payload,
    workflowState: viewState(nextState, { progress, ...controlsOf(nextState, position), expiresAt }),
    progress,
    turn: {
      number: turnNumber,
      ...effects,
      rejected: [...rejected, ...delta.rejected],
      parseIssues,
      ...(usage === null ? {} : { usage }),
    },
    ...(reverse === null ? {} : { reverse }),
  };
  return { state: nextState, record };
}

interface Said {
  readonly messages: readonly Message[];
  readonly issues: readonly string[];
}

interface AnswerRead {
  readonly parsed: ParsedTurn;
  readonly said: Said;
  /** The parts of the answer that were left out. */
  readonly issues: readonly string[];
}

/** A turn without an answer leaves open what was asked. */
function unasked({ awaitsMore }: ConversationState): AnswerRead {
  return {
    parsed: { ...nothingSaid, more: awaitsMore ?? null },
    said: { messages: [], issues: [] },
    issues: [],
  };
}

function readAnswered({ turnNumber, workflow }: OpenTurn, answer: AgentAnswer): AnswerRead {
  const parsed = parseTurn(answer, workflow);
  const { cards } = workflow;
  const said = normalizeAnswer(answer, { turn: turnNumber, prompt: parsed.prompt, cards });
  return { parsed, said, issues: [...answer.issues, ...said.issues] };
}

/**
 * Where parts of the answer were left out, the turn reports them. Without even that, there is no answer.
 * @throws TurnkeeperError AGENT_FAILED
 */
function requireEffect(
  { parse, agentEnd }: ParsedTurn,
  { said, parseIssues }: { readonly said: Said; readonly parseIssues: readonly string[] },
): void {
  if (said.messages.length > 0 || parse === 'structured' || agentEnd !== null) return;
  if (parseIssues.length === 0) throw toAgentError(new AgentFailure('empty', 'the answer is empty'));
  if (said.issues.includes(strayJson))
    throw toAgentError(new AgentFailure('failed', 'the answer is JSON, and not the structure'));
}

/** Leaves out what the answer says of fields that the turn's own input has settled, and rejects what differs. */
function withoutFixed(
  parsed: ParsedTurn,
  { fixed, state }: OpenTurn,
): { readonly parsed: ParsedTurn; readonly rejected: readonly RejectedField[] } {
  if (fixed !== 'all' && fixed.size === 0) return { parsed, rejected: [] };
  const isFixed = (field: string): boolean => fixed === 'all' || fixed.has(field);
  const differing = [...parsed.data].filter(
    ([field, value]) => isFixed(field) && !jsonEquals(value, state.collected[field] ?? null),
  );
  const why =
    fixed === 'all'
      ? 'this turn takes a change back, and sets nothing'
      : 'the person has set it in this turn';
  const data = new Map([...parsed.data].filter(([field]) => !isFixed(field)));
  const settled = { ...parsed, data, ...(fixed === 'all' ? undoneOnly(parsed) : {}) };
  return { parsed: settled, rejected: differing.map(([field]) => ({ field, issues: [why] })) };
}

/** An undo only takes back: its answer moves past no step, and completes nothing. */
function undoneOnly({ action, agentEnd }: ParsedTurn): Pick<ParsedTurn, 'step' | 'action' | 'agentEnd'> {
  return {
    step: null,
    action: action === 'complete' ? null : action,
    agentEnd: agentEnd === 'completed' ? 'broken-off' : agentEnd,
  };
}

/** The agent's conversation that the next turn goes on in. */
function agentAfter(
  { agentName, agentConversationId, state }: OpenTurn,
  { agentEnd }: ParsedTurn,
  answer: AgentAnswer | null,
): Pick<ConversationState, 'agentName' | 'agentConversationId'> {
  if (answer === null) return { agentName: state.agentName, agentConversationId };
  // A conversation that the agent has ended can't go on.
  return { agentName, agentConversationId: agentEnd === null ? answer.agentConversationId : null };
}

/** The effects of the whole turn, its own input's with the answer's. */
function effectsOf({ workflow, before, state }: OpenTurn, next: Progression, delta: TurnDelta): TurnDelta {
  if (before === state) return delta;
  const from = findPosition(workflow, before).current.id;
  const collected = changedFields(before.collected, next.collected);
  const stateChanged =
    Object.keys(collected).length > 0 || from !== delta.step.to || before.status !== next.status;
  return { ...delta, collected, step: { from, to: delta.step.to }, stateChanged };
}

function userMessage(input: AgentInput, turn: number): Message[] {
  const base = { id: `${turn}.0`, role: 'user', turn } as const;
  switch (input.type) {
    case 'text':
      return [{ ...base, kind: 'text', text: input.text, format: 'plain' }];
    case 'cardAction': {
      const { cardId, data, action } = input;
      const named = action.name === null ? {} : { action: action.name };
      return [{ ...base, kind: 'event', cardId, card: data, ...named }];
    }
    case 'data': {
      const { data, text } = input;
      return [{ ...base, kind: 'event', data, ...(text === null ? {} : { text, format: 'plain' }) }];
    }
    case 'undo':
      return [{ ...base, kind: 'event', undid: input.undid }];
    case 'open':
      return [];
  }
}

function cardIds(messages: readonly Message[]): string[] {
  return messages.flatMap(({ cardId }) => (cardId === undefined ? [] : [cardId]));
}
