import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HeldAgent } from '../../support/held-agent.ts';
import { post } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const lineSchema = z.looseObject({ level: z.number(), event: z.string() });

const infoLevel = 30;

/** Returns the events written at the default level. */
function eventsAtInfo(lines: readonly string[]) {
  return lines.map((line) => lineSchema.parse(JSON.parse(line))).filter(({ level }) => level >= infoLevel);
}

const turn = (conversationId: string, text: string, turnId: string) => ({
  conversationId,
  workflowId: 'travel',
  turnId,
  input: { type: 'text', text },
});

describe('the log', () => {
  it('has one line for each turn, committed, replayed or rolled back, with ids, number, durations and reason', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer({ text: 'Yes', data: { nights: 2 } }, new Error('agent down'));
    await post(server.url, 'workflow.turn', turn('c', 'one', 't1'));
    await post(server.url, 'workflow.turn', turn('c', 'one', 't1'));
    await post(server.url, 'workflow.turn', turn('c', 'two', 't2'));
    const events = eventsAtInfo(server.logLines).filter(({ event }) => event.startsWith('turn.'));
    expect(events).toMatchObject([
      {
        event: 'turn.committed',
        tenant: 'local',
        user: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
        conversationId: 'c',
        turnId: 't1',
        turnNumber: 1,
        workflowId: 'travel',
        timings: { agentMs: expect.any(Number) as number, commitMs: expect.any(Number) as number },
        latencyMs: expect.any(Number) as number,
      },
      { event: 'turn.replayed', turnId: 't1', turnNumber: 1 },
      { event: 'turn.rolledBack', turnId: 't2', reason: 'AGENT_FAILED', isOutcomeUnknown: false },
    ]);
  });

  it('has one line for each contention, with how long the caller waited, and none besides', async () => {
    const agent = new HeldAgent();
    await using server = await startTestServer({ agent });
    const running = post(server.url, 'workflow.turn', turn('c', 'one', 't1'));
    const question = await agent.question();
    const before = eventsAtInfo(server.logLines).length;
    const refused = await post(server.url, 'workflow.turn', turn('c', 'two', 't2'));
    expect(refused.error?.data.reason).toBe('TURN_IN_PROGRESS');
    expect(eventsAtInfo(server.logLines).slice(before)).toMatchObject([
      {
        event: 'lease.contended',
        call: 'turn',
        conversationId: 'c',
        waitedMs: expect.any(Number) as number,
      },
    ]);
    question.answer();
    await running;
    expect(eventsAtInfo(server.logLines).slice(before + 1)).toMatchObject([
      { event: 'turn.committed', turnId: 't1' },
    ]);
  });

  it("never contains a user's or an agent's words, nor a field's value, at any level", async () => {
    await using server = await startTestServer({ env: { LOG_LEVEL: 'trace' } });
    server.agent.willAnswer(
      { text: 'agents-words', data: { destination: 'fields-value', note: 'x'.repeat(200) } },
      { text: 'agents-words', data: { destination: 7 } },
      new Error('agent down'),
    );
    await post(server.url, 'workflow.turn', turn('c', 'users-words', 't1'));
    await post(server.url, 'workflow.turn', turn('c', 'users-words', 't2'));
    await post(server.url, 'workflow.turn', turn('c', 'users-words', 't3'));
    await post(server.url, 'workflow.end', {
      conversationId: 'c',
      outcome: 'cancelled',
      reason: 'users-words',
    });
    const log = server.logLines.join('');
    expect(log).toContain('turn.committed');
    expect(log).toContain('conversation.ended');
    for (const secret of ['users-words', 'agents-words', 'fields-value', 'xxxx'])
      expect(log).not.toContain(secret);
  });
});
