import { createTestCaller } from '../../../server/testing/index.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { survey, text, travel } from './sample-workflows.ts';

interface WaitingSettings {
  readonly maxTurnsInFlight?: number;
  readonly maxTurnsWaiting?: number;
  readonly maxTurnsWaitingPerConversation?: number;
}

/** What the waiting turn was called with. */
export const waitingTurn = {
  conversationId: 'c',
  workflowId: 'travel',
  turnId: 'waiting',
  input: text('hello'),
} as const;

/** A caller in memory, one turn of which is waiting for the agent; to be held by `await using`. */
export async function openWaiting(settings: WaitingSettings = {}) {
  const agent = new HeldAgent();
  const test = await createTestCaller({ definitions: [travel, survey], agent, ...settings });
  const running = test.caller.workflow.turn(waitingTurn);
  const { answer } = await agent.question();
  return { ...test, running, answer };
}
