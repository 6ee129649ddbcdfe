import type { Activity } from '../../../server/answer/activity.ts';
import { askAgent } from '../../../server/orchestrator/ask-agent.ts';
import type { Dependencies } from '../../../server/orchestrator/dependencies.ts';
import type { Agent, AgentRequest } from '../../../server/orchestrator/ports/agent.ts';
import { key } from '../../redis/store/sample-turns.ts';
import { fakePorts } from './fake-ports.ts';

type Asking = Parameters<typeof askAgent>[1];
type Send = Agent['send'];

/** No test looks into the briefing beyond the turn's number. */
const request = {
  query: 'the query',
  input: { type: 'open' },
  briefing: { turnNumber: 3 },
  history: [],
} as unknown as Omit<AgentRequest, 'agentConversationId'>;

/** One question to an agent that answers by `send`, among ports that note what they are told. */
export function asking(
  send: Send,
  how: Partial<Dependencies & Pick<Asking, 'signal' | 'agentConversationId'>> = {},
) {
  const { signal = new AbortController().signal, agentConversationId = 'asked', ...ports } = how;
  const { dependencies, shown, events, clock } = fakePorts({ acquire: 'granted', loads: [] });
  const heard: boolean[] = [];
  const agent: Agent = { name: 'test', open: () => Promise.resolve('opened'), send };
  const answer = askAgent(
    { ...dependencies, agent, ...ports },
    {
      ...{ key, turnId: 'turn-1', userToken: 'a-token', agentConversationId, request, signal },
      noteAgentMayHaveHeard: (mayHaveHeard) => void heard.push(mayHaveHeard),
    },
  );
  answer.catch(() => undefined);
  return { answer, shown, events, clock, heard };
}

/** An agent that says these things one after the other, which need not be activities. */
export function saying(...said: readonly unknown[]): Send {
  return async function* () {
    yield* (await Promise.resolve(said)) as readonly Activity[];
  };
}
