import { createTestCaller } from '../../../server/testing/index.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { survey, text, travel } from './sample-workflows.ts';

interface WaitingSettings {
  readonly maxTurnsInFlight?: number;
  readonly maxTurnsWaiting?: number;
  readonly maxTurnsWaitingPerConversation?: number;
  readonly userWaitingCalls?: number;
  readonly tenantWaitingCalls?: number;
}

/** The input of the waiting turn. */
export const waitingTurn = {
  conversationId: 'c',
  workflowId: 'travel',
  turnId: 'waiting',
  input: text('hello'),
} as const;

/** A caller in memory with one turn that waits for the agent; use with `await using`. */
export async function openWaiting(settings: WaitingSettings = {}) {
  const agent = new HeldAgent();
  const test = await createTestCaller({ definitions: [travel, survey], agent, ...settings });
  const running = test.caller.workflow.turn(waitingTurn);
  const { answer } = await agent.question();
  return { ...test, running, answer };
}
