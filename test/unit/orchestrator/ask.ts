import type { Activity } from '../../../server/answer/activity.ts';
import { noLookups } from '../../../server/domain/choice-outcomes.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import type { Workflow } from '../../../server/domain/workflow.ts';
import { askAgent } from '../../../server/orchestrator/ask-agent.ts';
import { Cancellation } from '../../../server/orchestrator/cancellation.ts';
import type { Dependencies } from '../../../server/orchestrator/dependencies.ts';
import type { Agent } from '../../../server/orchestrator/ports/agent.ts';
import { ShownTurn } from '../../../server/orchestrator/shown-turn.ts';
import type { OpenTurn } from '../../../server/orchestrator/turn.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { key, turnCommit } from '../../redis/store/sample-turns.ts';
import { fakePorts } from './fake-ports.ts';

type Send = Agent['send'];

const travelWorkflow = prepareWorkflow(travel);

const turn: OpenTurn = {
  key,
  userToken: 'a-token',
  workflowId: undefined,
  turnId: 'turn-1',
  mayBeReplayed: true,
  input: { type: 'open' },
  opening: null,
  whenBusy: 'reject',
  waitMs: undefined,
  began: 0,
  workflows: new Map(),
  named: null,
  cardTurn: null,
  turnNumber: 3,
  workflow: travelWorkflow,
  before: turnCommit('lease', null).state,
  state: turnCommit('lease', null).state,
  asksAgent: true,
  fixed: new Set(),
  agentInput: { type: 'open' },
  agentName: 'test',
  agentConversationId: 'asked',
  lookups: noLookups,
  lastTurns: [],
};

/** One question to an agent that answers by `send`, with ports that record their calls. */
export function asking(
  send: Send,
  how: Partial<Dependencies> & {
    readonly loss?: Cancellation;
    readonly agentConversationId?: string | null;
    /** @default the travel workflow */
    readonly workflow?: Workflow;
  } = {},
) {
  const { loss = new Cancellation(), agentConversationId = 'asked', ...others } = how;
  const { workflow = travelWorkflow, ...ports } = others;
  const { dependencies, shown, events, clock } = fakePorts({ acquire: 'granted', loads: [] });
  const heard: boolean[] = [];
  const agent: Agent = { name: 'test', open: () => Promise.resolve('opened'), send };
  const asked = { ...dependencies, agent, ...ports };
  const answer = askAgent(
    asked,
    { ...turn, workflow, agentConversationId },
    { loss, noteAgentMayHaveHeard: (mayHaveHeard) => void heard.push(mayHaveHeard) },
    new ShownTurn(asked, turn),
  );
  answer.catch(() => undefined);
  return { answer, shown, events, clock, heard };
}

/** An agent that yields these values one after the other, which need not be activities. */
export function saying(...said: readonly unknown[]): Send {
  return async function* () {
    yield* (await Promise.resolve(said)) as readonly Activity[];
  };
}
