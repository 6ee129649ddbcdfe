import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient, hasReason } from '../../../client-sdk/src/index.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';

/** A server with a conversation whose turn waits for the agent; a call has one attempt unless a test says otherwise. */
async function openRunning(attempts = 1) {
  const agent = new HeldAgent();
  const server = await serve(agent);
  const client = createTurnkeeperClient({
    url: server.url,
    retry: { attempts, baseDelayMs: 10, maxDelayMs: 10 },
  });
  const conversation = client.conversation('leave-request');
  const running = conversation.turn('running');
  running.catch(() => undefined);
  const question = await agent.question();
  return { ...server, agent, conversation, running, question };
}

describe('while a turn runs, another', () => {
  it("fails by default, with the running turn's age and the time for a retry", async () => {
    await using test = await openRunning();
    const error: unknown = await test.conversation.turn('second').catch((thrown: unknown) => thrown);
    if (!hasReason(error, 'TURN_IN_PROGRESS')) throw error;
    expect(error.runningForMs).toBeGreaterThanOrEqual(0);
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(250);
    expect([error.retryable, error.httpStatus]).toEqual([true, 409]);
    test.question.answer();
    await test.running;
  });

  it('is tried again until the conversation is free', async () => {
    await using test = await openRunning(7);
    const second = test.conversation.turn('second');
    await expect.poll(() => test.logLines.some((line) => line.includes('lease.contended'))).toBe(true);
    test.question.answer();
    (await test.agent.question()).answer();
    expect((await second).turn.number).toBe(2);
  });

  it('waits if whenBusy is wait', async () => {
    await using test = await openRunning();
    const second = test.conversation.turn('second', { whenBusy: 'wait' });
    const again = test.conversation.open({ whenBusy: 'wait', waitMs: 30 });
    // Wherever the call was in the queue, it has given up by now.
    await expect(again).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    test.question.answer();
    (await test.agent.question()).answer();
    const result = await second;
    expect(result.turn.number).toBe(2);
    expect(result.timings.waitMs).toBeGreaterThan(0);
  });

  it('interrupts if whenBusy is interrupt; the client does not retry the interrupted turn', async () => {
    await using test = await openRunning(3);
    const urgent = test.conversation.turn('urgent', { whenBusy: 'interrupt' });
    const error: unknown = await test.running.catch((thrown: unknown) => thrown);
    if (!hasReason(error, 'TURN_INTERRUPTED')) throw error;
    expect([error.retryable, error.httpStatus]).toEqual([true, 409]);
    (await test.agent.question()).answer();
    expect((await urgent).turn.number).toBe(1);
    expect(test.agent.asked).toBe(2);

    // The interrupted turn's sender may still want it.
    const again = test.conversation.turn('running', { turnId: error.turnId });
    (await test.agent.question()).answer();
    expect(await again).toMatchObject({ replayed: false, turnId: error.turnId, turn: { number: 2 } });
  });

  it('that is an end waits, and interrupts, likewise', async () => {
    await using waiting = await openRunning();
    const ended = waiting.conversation.end({ outcome: 'cancelled', whenBusy: 'wait', waitMs: 5_000 });
    await expect(
      waiting.conversation.end({ outcome: 'cancelled', whenBusy: 'wait', waitMs: 30 }),
    ).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    waiting.question.answer();
    expect((await ended).workflowState.turnCount).toBe(1);

    await using interrupting = await openRunning();
    const purged = interrupting.conversation.end({
      outcome: 'cancelled',
      purge: true,
      whenBusy: 'interrupt',
    });
    // Either call may fail first.
    await Promise.all([
      expect(interrupting.running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' }),
      expect(purged).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' }),
    ]);
  });
});

describe('the same turn sent again while it runs', () => {
  it("because its connection broke, gets the running turn's result", async () => {
    const agent = new HeldAgent();
    await using server = await serve(agent);
    await using proxy = await faultyProxy(server.url, ['pass', 'pass']);
    const { client } = pacedClient({ url: proxy.url });
    const conversation = client.conversation('leave-request');
    const aborting = new AbortController();
    const cut = conversation.turn('hello', { turnId: 'kept', signal: aborting.signal });
    const question = await agent.question();
    aborting.abort();
    await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
    const again = conversation.turn('hello', { turnId: 'kept' });
    await expect.poll(() => proxy.turnIds()).toEqual(['kept', 'kept']);
    question.answer('the one answer');
    expect(await again).toMatchObject({ messages: [{ text: 'the one answer' }] });
    expect(agent.asked).toBe(1);
    // One waiting call, no retries.
    expect(proxy.requests).toHaveLength(2);
  });
});
