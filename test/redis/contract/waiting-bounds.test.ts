import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { openWaiting, waitingTurn } from './open-waiting.ts';
import { text } from './sample-workflows.ts';

const full = { code: 'CONFLICT', error: { reason: 'TURN_IN_PROGRESS', retryAfterMs: 1_000 } };
const wait = { whenBusy: 'wait' } as const;

/** A caller whose conversation `c` has a running turn and `count` turns waiting for it. */
async function openQueue(count: number, settings: Parameters<typeof openWaiting>[0] = {}) {
  const test = await openWaiting(settings);
  const { workflow } = test.caller;
  const turn = (turnId: string, how: Partial<Parameters<typeof workflow.turn>[0]> = {}) =>
    workflow.turn({ ...waitingTurn, turnId, input: text(turnId), ...how });
  const waiting: ReturnType<typeof turn>[] = [];
  for (let index = 0; index < count; index += 1) {
    const next = turn(`waiting-${index}`, wait);
    next.catch(() => undefined);
    waiting.push(next);
    await setImmediate();
  }
  const goOn = async () => {
    test.answer();
    for (let left = waiting.length; left > 0; left -= 1) (await test.agent.question()).answer();
    return Promise.all([test.running, ...waiting]);
  };
  return { ...test, workflow, turn, goOn };
}

describe('the queue of a conversation', () => {
  it('holds eight: one more is refused, with the time for a retry', async () => {
    await using test = await openQueue(8);
    const refused = await failureOf(test.turn('ninth', wait));
    expect(refused).toMatchObject(full);
    expect(refused.error.message).toBe(
      'Too many calls wait for this conversation already. Try again once they are through.',
    );
    expect(await test.goOn()).toHaveLength(9);
  });

  it('counts ends, and repeats of the turn that runs', async () => {
    await using test = await openQueue(6);
    const ending = failureOf(test.workflow.end({ conversationId: 'c', outcome: 'completed', ...wait }));
    const repeat = test.caller.workflow.turn(waitingTurn);
    await setImmediate();
    expect(await failureOf(test.turn('more', wait))).toMatchObject(full);
    expect(await failureOf(test.caller.workflow.turn(waitingTurn))).toMatchObject(full);
    const end = { conversationId: 'c', outcome: 'cancelled' } as const;
    expect(await failureOf(test.workflow.end({ ...end, ...wait }))).toMatchObject(full);
    await test.goOn();
    expect(await repeat).toMatchObject({ replayed: true });
    expect(await ending).toMatchObject({ error: { reason: 'FIELDS_MISSING' } });
  });

  it('has room again for each turn that is done', async () => {
    await using test = await openQueue(1, { maxTurnsWaitingPerConversation: 1 });
    expect(await failureOf(test.turn('too-early', wait))).toMatchObject(full);
    await test.goOn();
    const running = test.turn('running');
    const question = await test.agent.question();
    const next = test.turn('next', wait);
    await setImmediate();
    question.answer();
    (await test.agent.question()).answer();
    expect((await next).turn.number).toBe((await running).turn.number + 1);
  });

  it('belongs to one conversation: another has its own', async () => {
    await using test = await openQueue(8);
    const elsewhere = { conversationId: 'other' };
    const running = test.turn('running', elsewhere);
    const question = await test.agent.question();
    const next = test.turn('next', { ...elsewhere, ...wait });
    await setImmediate();
    question.answer();
    await running;
    (await test.agent.question()).answer();
    expect((await next).turn.number).toBe(2);
    await test.goOn();
  });

  it('does not keep out a call that interrupts, however full it is', async () => {
    await using test = await openQueue(8, { maxTurnsWaiting: 8 });
    const interrupted = failureOf(test.running);
    const urgent = test.turn('urgent', { whenBusy: 'interrupt' });
    const question = await test.agent.question();
    expect(question.request.input).toEqual(text('urgent'));
    question.answer();
    expect(await interrupted).toMatchObject({ error: { reason: 'TURN_INTERRUPTED' } });
    expect((await urgent).turn.number).toBe(1);
    for (let count = 0; count < 8; count += 1) (await test.agent.question()).answer();
  });
});

describe('a waiting call', () => {
  it("takes no turn's place on the server: others run meanwhile", async () => {
    await using test = await openQueue(5, { maxTurnsInFlight: 2 });
    const other = test.turn('other', { conversationId: 'other' });
    (await test.agent.question()).answer();
    expect((await other).turn.number).toBe(1);
    expect(await test.goOn()).toHaveLength(6);
  });

  it('counts against a limit of the server: one more is refused as OVERLOADED', async () => {
    await using test = await openQueue(3, { maxTurnsWaiting: 3 });
    expect(await failureOf(test.turn('fourth', wait))).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      error: {
        reason: 'OVERLOADED',
        retryAfterMs: 1_000,
        message: 'Too many calls wait on this server. Try again shortly.',
      },
    });
    expect(await test.goOn()).toHaveLength(4);
  });

  it('counts against the limit of its user: one more is RATE_LIMITED, until one is through', async () => {
    await using test = await openQueue(2, { userWaitingCalls: 2 });
    expect(await failureOf(test.turn('third', wait))).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      error: {
        reason: 'RATE_LIMITED',
        retryAfterMs: 1_000,
        message:
          'You have 2 calls that wait for others, which is the limit. Try again once they are through.',
      },
    });
    expect(test.events.filter(({ type }) => type === 'limit.reached')).toMatchObject([
      { resource: 'waitingCalls', of: 'user' },
    ]);
    expect(await failureOf(test.turn('fourth'))).toMatchObject({ error: { reason: 'TURN_IN_PROGRESS' } });
    await test.goOn();
    const running = test.turn('running');
    const question = await test.agent.question();
    const next = test.turn('next', wait);
    await setImmediate();
    question.answer();
    await running;
    (await test.agent.question()).answer();
    expect((await next).turn.number).toBe(5);
  });

  it('gets the place of the turn before it, before any newcomer', async () => {
    await using test = await openQueue(1, { maxTurnsInFlight: 2 });
    const elsewhere = test.turn('elsewhere', { conversationId: 'other' });
    const question = await test.agent.question();
    await test.goOn();
    question.answer();
    await elsewhere;
  });

  it('is refused as OVERLOADED when no place gets free for it, and passes the lease on', async () => {
    await using test = await openQueue(0, { maxTurnsInFlight: 2 });
    const next = failureOf(test.turn('next', { ...wait, waitMs: 500 }));
    await setImmediate();
    const elsewhere = test.turn('elsewhere', { conversationId: 'other' });
    const question = await test.agent.question();
    test.clock.advance(500);
    await setImmediate();
    test.clock.advance(1_000);
    expect((await next).error.reason).toBe('OVERLOADED');
    question.answer();
    await elsewhere;
    await test.goOn();
    const last = test.turn('last');
    (await test.agent.question()).answer();
    expect((await last).turn.number).toBe(2);
  });

  it('is refused when the server shuts down, which waits for it to be gone', async () => {
    await using test = await openQueue(2);
    const late = failureOf(test.turn('late', wait));
    await setImmediate();
    const isDown = test.shutDown();
    expect((await late).error.reason).toBe('SHUTTING_DOWN');
    test.answer();
    await test.running;
    await isDown;
  });
});
