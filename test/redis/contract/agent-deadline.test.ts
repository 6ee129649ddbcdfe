import { describe, expect, it } from 'vitest';
import { ManualClock, ScriptedAgent, createTestCaller } from '../../../server/testing/index.ts';
import type { AgentCallOptions } from '../../../server/testing/index.ts';
import { survey, text } from './sample-workflows.ts';

/** Opens a conversation slowly, and records the deadline of each call. */
class NotingAgent extends ScriptedAgent {
  readonly told: AgentCallOptions[] = [];
  readonly clock = new ManualClock();

  override open(options?: AgentCallOptions): Promise<string> {
    if (options !== undefined) this.told.push(options);
    this.clock.advance(1_000);
    return super.open();
  }
}

describe('the context of an agent call', () => {
  it('is the caller, and the deadline: one time for the whole turn', async () => {
    const agent = new NotingAgent();
    const { clock } = agent;
    agent.willAnswer((_request, options) => {
      agent.told.push(options);
      return { text: 'Hello' };
    });
    await using test = await createTestCaller({
      definitions: [survey],
      agent,
      clock,
      turnTimeoutMs: 7_000,
      identity: { tenant: 'one-tenant', user: 'one-user' },
    });
    const deadlineAt = clock.now() + 7_000;
    await test.caller.workflow.turn({ conversationId: 'c', input: text('hello') });
    const identity = { tenant: 'one-tenant', user: 'one-user' };
    expect(agent.told).toMatchObject([
      { identity, deadlineAt },
      { identity, deadlineAt },
    ]);
    expect(clock.now()).toBe(deadlineAt - 6_000);
  });
});
