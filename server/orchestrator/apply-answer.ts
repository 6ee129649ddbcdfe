import type { Message } from '../../contract/message.ts';
import type { AgentInput } from '../domain/briefing.ts';
import { limits } from '../domain/limits.ts';
import { normalizeAnswer } from '../answer/normalize/normalize-answer.ts';
import { strayJson } from '../answer/normalize/text-drafts.ts';
import { boundIssues } from '../domain/parse-issues.ts';
import { parseTurn } from '../answer/parse-turn.ts';
import type { ReadAnswer } from '../answer/read-answer.ts';
import { progressOf } from '../domain/position.ts';
import { reduceTurn } from '../domain/reduce-turn.ts';
import { viewState } from '../domain/result.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import { suggestedInputOf } from '../domain/suggested-input.ts';
import { summarize } from '../domain/summary.ts';
import type { Workflow } from '../domain/workflow.ts';
import { toAgentError } from './agent-error.ts';
import { AgentFailure } from '../answer/agent-failure.ts';

interface AskedTurn {
  readonly turnId: string;
  readonly input: AgentInput;
  readonly workflow: Workflow;
  readonly state: ConversationState;
  readonly agentName: string;
}

interface AppliedAnswer extends ReadAnswer {
  readonly agentConversationId: string;
}

interface Committing {
  readonly leaseToken: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly ttlSeconds: number;
}

/**
 * What is to be stored of a turn: the state that the agent's answer leads to, and the turn's record. Pure.
 * @throws TurnkeeperError AGENT_FAILED for an answer that comes to nothing at all
 */
export function applyAnswer(
  { turnId, input, workflow, state, agentName }: AskedTurn,
  answer: AppliedAnswer,
  { leaseToken, now, ttlSeconds }: Committing,
): { state: ConversationState; record: TurnRecord } {
  const parsed = parseTurn(answer, workflow);
  const { next, position, delta } = reduceTurn(workflow, state, parsed);
  const turn = state.turnCount + 1;
  const { cards } = workflow;
  const said = normalizeAnswer(answer, { turn, prompt: parsed.prompt, cards });
  const parseIssues = boundIssues([...delta.parseIssues, ...answer.issues, ...said.issues]);
  const saysNothing = said.messages.length === 0 && parsed.parse !== 'structured' && parsed.agentEnd === null;
  // What was left out of it is reported with the turn; nothing at all is no answer.
  if (saysNothing && parseIssues.length === 0)
    throw toAgentError(new AgentFailure('empty', 'the answer is empty'));
  if (saysNothing && said.issues.includes(strayJson))
    throw toAgentError(new AgentFailure('failed', 'the answer is JSON, and not the structure'));
  const progress = progressOf(position);
  const nextState: ConversationState = {
    ...state,
    ...next,
    revision: state.revision + 1,
    committedBy: leaseToken,
    turnCount: turn,
    shownCards: [...state.shownCards, ...cardIds(said.messages)].slice(-limits.shownCards),
    // One that the agent has ended can't be gone on with.
    agentConversationId: parsed.agentEnd === null ? answer.agentConversationId : null,
    agentName,
    updatedAt: now,
    progress,
    ...(next.status === 'active'
      ? {}
      : { summary: summarize(workflow, position, { ...next, turnCount: turn }) }),
  };
  const suggestedInput = suggestedInputOf(nextState, position);
  const record: TurnRecord = {
    turnId,
    workflowId: workflow.id,
    messages: [...userMessage(input, turn), ...said.messages],
    extractedPayload: parsed.payload,
    workflowState: viewState(
      { state: nextState, progress, suggestedInput },
      { expiresAt: now + ttlSeconds * 1000 },
    ),
    progress,
    turn: { number: turn, ...delta, parseIssues },
  };
  return { state: nextState, record };
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
    case 'open':
      return [];
  }
}

function cardIds(messages: readonly Message[]): string[] {
  return messages.flatMap(({ cardId }) => (cardId === undefined ? [] : [cardId]));
}
