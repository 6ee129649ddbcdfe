import type { Message } from '../../contract/message.ts';
import { AgentFailure } from '../answer/agent-failure.ts';
import { normalizeAnswer } from '../answer/normalize/normalize-answer.ts';
import { strayJson } from '../answer/text-drafts.ts';
import { parseTurn } from '../answer/parse-turn.ts';
import type { AgentInput } from '../domain/briefing.ts';
import { limits } from '../domain/limits.ts';
import { boundIssues } from '../domain/parsed-turn.ts';
import { progressOf } from '../domain/position.ts';
import { reduceTurn } from '../domain/reduce-turn.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
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
 * Returns the state that follows from the agent's answer, and the turn's record. Pure: the commit adds revision and
 * lease by itself.
 * @throws TurnkeeperError AGENT_FAILED for an answer without any effect
 */
export function applyAnswer(
  { turnId, turnNumber, agentInput, agentName, workflow, state }: OpenTurn,
  answer: AgentAnswer,
  { now, expiresAt, lookups }: Surroundings,
): { state: ConversationState; record: TurnRecord } {
  const parsed = parseTurn(answer, workflow);
  const { next, position, delta } = reduceTurn(workflow, state, parsed, { lookups });
  const { cards } = workflow;
  const said = normalizeAnswer(answer, { turn: turnNumber, prompt: parsed.prompt, cards });
  const parseIssues = boundIssues([...delta.parseIssues, ...answer.issues, ...said.issues]);
  const saysNothing = said.messages.length === 0 && parsed.parse !== 'structured' && parsed.agentEnd === null;
  // Where parts of the answer were left out, the turn reports them. Without even that, there is no answer.
  if (saysNothing && parseIssues.length === 0)
    throw toAgentError(new AgentFailure('empty', 'the answer is empty'));
  if (saysNothing && said.issues.includes(strayJson))
    throw toAgentError(new AgentFailure('failed', 'the answer is JSON, and not the structure'));
  const progress = progressOf(position);
  const { usage } = answer;
  const nextState: ConversationState = {
    ...state,
    ...next,
    turnCount: turnNumber,
    shownCards: [...state.shownCards, ...cardIds(said.messages)].slice(-limits.shownCards),
    // A conversation that the agent has ended can't go on.
    agentConversationId: parsed.agentEnd === null ? answer.agentConversationId : null,
    agentName,
    updatedAt: now,
    progress,
    ...(usage === null
      ? {}
      : { tokensUsed: (state.tokensUsed ?? 0) + usage.inputTokens + usage.outputTokens }),
    ...(next.status === 'active'
      ? {}
      : { summary: summarize(workflow, position, { ...next, turnCount: turnNumber }) }),
  };
  const record: TurnRecord = {
    turnId,
    workflowId: workflow.id,
    messages: [...userMessage(agentInput, turnNumber), ...said.messages],
    extractedPayload: parsed.payload,
    workflowState: viewState(nextState, { progress, ...controlsOf(nextState, position), expiresAt }),
    progress,
    turn: { number: turnNumber, ...delta, parseIssues, ...(usage === null ? {} : { usage }) },
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
