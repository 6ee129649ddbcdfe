import type { AgentInput } from '../domain/briefing.ts';
import { limits } from '../domain/limits.ts';
import { findPosition } from '../domain/position.ts';
import { buildContextualQuery } from '../domain/query/build-contextual-query.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Dependencies } from './dependencies.ts';
import type { AgentRequest } from './ports/agent.ts';

interface TurnToDescribe {
  readonly workflow: Workflow;
  readonly state: ConversationState;
  readonly turnNumber: number;
  readonly input: AgentInput;
  /** The last turns: all that the agent wants to be told of, or some that its conversation has not heard of. */
  readonly lastTurns: readonly TurnRecord[];
}

/** What stands in place of words where there are none. */
function occasionOf(input: Exclude<AgentInput, { readonly type: 'text' }>): string {
  switch (input.type) {
    case 'open':
      return 'The person has just arrived and has said nothing yet: speak first.';
    case 'cardAction': {
      const { name } = input.action;
      const taken = name === null ? '' : ` with its action ${JSON.stringify(name)}`;
      return `The person has submitted a card${taken}; what they entered is in the value of this activity.`;
    }
  }
}

/** What the agent is told of a turn: the query for one that reads text, the briefing for one that reads more. */
export function describeTurn(
  { agent, ids, settings }: Dependencies,
  { workflow, state, turnNumber, input, lastTurns }: TurnToDescribe,
): Omit<AgentRequest, 'agentConversationId'> {
  const { collected, awaitsConfirmation } = state;
  const position = findPosition(workflow, state);
  const { historyTurns = 0 } = agent;
  // One that is told of the past with every request needs no retelling.
  const retold = historyTurns === 0 ? lastTurns.slice(-limits.retoldTurns) : [];
  const query = buildContextualQuery(
    { workflow, position, collected, turnNumber, retold },
    {
      userText: input.type === 'text' ? input.text : null,
      occasion: input.type === 'text' ? '' : occasionOf(input),
      contextMaxChars: settings.contextMaxChars,
      newMark: () => ids.mark(),
    },
  );
  return {
    query,
    input,
    briefing: { workflow, position, collected, awaitsConfirmation, turnNumber },
    history: historyTurns === 0 ? [] : lastTurns.slice(-historyTurns),
  };
}
