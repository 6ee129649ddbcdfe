import type { Activity } from '../answer/activity.ts';
import { findPosition } from '../domain/position.ts';
import { buildContextualQuery } from '../domain/query/build-contextual-query.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Agent, AgentCallOptions, AgentRequest, AnswerEnd } from '../orchestrator/ports/agent.ts';

/** The options of an agent call whose caller is not pressed for time. */
export function callOptions(how: Partial<AgentCallOptions> = {}): AgentCallOptions {
  return {
    identity: { tenant: 'contoso', user: 'dana' },
    userToken: null,
    signal: new AbortController().signal,
    deadlineAt: Date.now() + 30_000,
    ...how,
  };
}

/** The request of a turn in a conversation that has collected nothing yet. */
export function requestOf(
  workflow: Workflow,
  request: Pick<AgentRequest, 'input' | 'agentConversationId'> & Partial<AgentRequest>,
): AgentRequest {
  const { input } = request;
  const turnNumber = 1 + (request.history?.length ?? 0);
  const collected = {};
  const position = findPosition(workflow, { collected, passedSteps: [] });
  const query = buildContextualQuery(
    { workflow, position, collected, turnNumber, retold: [] },
    {
      userText: input.type === 'text' ? input.text : null,
      occasion: 'The person said nothing in words.',
      contextMaxChars: 6_000,
      newMark: () => 'a-mark-of-this-turn',
    },
  );
  const briefing = {
    workflow,
    position,
    collected,
    prefilled: [],
    facts: {},
    awaitsConfirmation: false,
    turnNumber,
    choiceTitles: {},
    findChoices: null,
  };
  return { query, briefing, history: [], ...request };
}

interface WholeAnswer {
  readonly activities: readonly Activity[];
  readonly end: AnswerEnd | null;
}

/** Reads an answer to its end. */
export async function answerOf(
  agent: Agent,
  request: AgentRequest,
  options: AgentCallOptions = callOptions(),
): Promise<WholeAnswer> {
  const activities: Activity[] = [];
  const iterator = agent.send(request, options)[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) return { activities, end: next.value ?? null };
    activities.push(next.value);
  }
}
