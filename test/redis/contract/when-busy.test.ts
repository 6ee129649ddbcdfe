import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { survey, text } from './sample-workflows.ts';

const end = { conversationId: 'c', outcome: 'cancelled' } as const;

/** A caller in memory with a stopped clock; `running` is the second turn of its conversation. */
async function openRunning(settings: { readonly turnWaitMaxMs?: number } = {}) {
  const agent = new HeldAgent();
  const test = await createTestCaller({ definitions: [survey], agent, ...settings });
  const { workflow } = test.caller;
  const turn = (turnId: string, how: Partial<Parameters<typeof workflow.turn>[0]> = {}) =>
    workflow.turn({ conversationId: 'c', turnId, input: text(turnId), ...how });
  const first = turn('first');
  (await agent.question()).answer();
  await first;
  test.events.length = 0;
  const running = turn('running');
  return {
    ...{ ...test, workflow, turn, running },
    question: await agent.question(),
    /** Resolves when everything has happened that needs neither the agent nor the clock. */
    settled: () => setImmediate(),
  };
}

describe('while another turn runs, a turn that waits', () => {
  it('runs after it and after earlier waiting turns, and reports how long it waited', async () => {
    await using test = await openRunning();
    const second = test.turn('second', { whenBusy: 'wait' });
    const third = test.turn('third', { whenBusy: 'wait' });
    await test.settled();
    test.clock.advance(1_200);
    test.question.answer();
    const question = await test.agent.question();
    expect(question.request.input).toEqual(text('second'));
    test.clock.advance(300);
    question.answer();
    (await test.agent.question()).answer();
    expect(await second).toMatchObject({ turn: { number: 3 }, timings: { waitMs: 1_200 }, latencyMs: 1_500 });
    expect(await third).toMatchObject({ turn: { number: 4 }, timings: { waitMs: 1_500 } });
    expect((await test.running).timings.waitMs).toBe(0);
  });

  it.each([
    ['as long as it says', {}, 700],
    ['no longer than the server lets it', { turnWaitMaxMs: 700 }, 5_000],
    ['as long as the server lets it when it says nothing', { turnWaitMaxMs: 700 }, undefined],
  ])('waits %s', async (_time, settings, waitMs) => {
    await using test = await openRunning(settings);
    const outcome = failureOf(test.turn('second', { whenBusy: 'wait', waitMs }));
    await test.settled();
    test.clock.advance(699);
    await test.settled();
    expect(test.events.filter(({ type }) => type === 'lease.contended')).toEqual([]);
    test.clock.advance(1);
    const { code, error } = await outcome;
    expect([code, error.reason]).toEqual(['CONFLICT', 'TURN_IN_PROGRESS']);
    expect([error.runningForMs, error.retryAfterMs]).toEqual([700, 700]);
    test.question.answer();
    await test.running;
    const next = test.turn('next');
    (await test.agent.question()).answer();
    expect((await next).turn.number).toBe(3);
  });

  it('does not wait with a wait of 0', async () => {
    await using test = await openRunning();
    const { error } = await failureOf(test.turn('second', { whenBusy: 'wait', waitMs: 0 }));
    expect(error.reason).toBe('TURN_IN_PROGRESS');
  });

  it('is refused when the server shuts down, and the running turn finishes', async () => {
    await using test = await openRunning();
    const second = failureOf(test.turn('second', { whenBusy: 'wait' }));
    const ending = failureOf(test.workflow.end({ ...end, whenBusy: 'wait' }));
    await test.settled();
    const isDown = test.shutDown();
    for (const { code, error } of [await second, await ending]) {
      expect([code, error.reason, error.retryable]).toEqual(['SERVICE_UNAVAILABLE', 'SHUTTING_DOWN', true]);
    }
    test.question.answer();
    expect((await test.running).turn.number).toBe(2);
    await isDown;
  });
});

describe('while another turn runs, a turn that interrupts', () => {
  it('takes its place: the running turn fails, nothing of it is stored, and this one runs', async () => {
    await using test = await openRunning();
    const urgent = test.turn('urgent', { whenBusy: 'interrupt' });
    const { code, error } = await failureOf(test.running);
    expect([code, error.reason, error.retryable]).toEqual(['CONFLICT', 'TURN_INTERRUPTED', true]);
    test.question.answer();
    (await test.agent.question()).answer();
    expect((await urgent).turn.number).toBe(2);
    const { messages } = await test.workflow.get({ conversationId: 'c' });
    expect(messages.map((message) => message.text)).toEqual([
      ...['first', 'Tell me more.', 'urgent', 'Tell me more.'],
    ]);
  });

  it('goes before waiting turns', async () => {
    await using test = await openRunning();
    const waiting = test.turn('waiting', { whenBusy: 'wait' });
    await test.settled();
    const urgent = test.turn('urgent', { whenBusy: 'interrupt' });
    await failureOf(test.running);
    (await test.agent.question()).answer();
    (await test.agent.question()).answer();
    expect((await urgent).turn.number).toBe(2);
    expect((await waiting).turn.number).toBe(3);
  });
});

describe('while a turn runs, the same turn sent again', () => {
  it.each(['reject', 'wait', 'interrupt'] as const)('waits for its result (%s)', async (whenBusy) => {
    await using test = await openRunning();
    const again = test.turn('running', { whenBusy });
    await test.settled();
    test.question.answer('the one answer');
    const { messages } = await test.running;
    expect(await again).toMatchObject({ replayed: true, messages, turn: { number: 2 } });
    expect(test.agent.asked).toBe(2);
  });

  it('with other input is refused once the result exists', async () => {
    await using test = await openRunning();
    const other = failureOf(test.turn('running', { input: text('something else') }));
    await test.settled();
    test.question.answer();
    await test.running;
    expect((await other).error.reason).toBe('TURN_ID_REUSED');
  });
});

describe('while a turn runs, an end', () => {
  it('that waits comes after it', async () => {
    await using test = await openRunning();
    const ended = test.workflow.end({ ...end, whenBusy: 'wait' });
    await test.settled();
    test.question.answer();
    expect((await ended).workflowState).toMatchObject({ status: 'ended', turnCount: 2 });
    expect((await test.running).turn.number).toBe(2);
  });

  it('that waits is refused when its time is over', async () => {
    await using test = await openRunning();
    const ending = failureOf(test.workflow.end({ ...end, whenBusy: 'wait', waitMs: 200 }));
    await test.settled();
    test.clock.advance(200);
    expect((await ending).error).toMatchObject({ reason: 'TURN_IN_PROGRESS', runningForMs: 200 });
  });

  it('that interrupts takes its place', async () => {
    await using test = await openRunning();
    const ended = test.workflow.end({ ...end, whenBusy: 'interrupt' });
    expect((await failureOf(test.running)).error.reason).toBe('TURN_INTERRUPTED');
    expect((await ended).workflowState).toMatchObject({ status: 'ended', turnCount: 1 });
  });
});
