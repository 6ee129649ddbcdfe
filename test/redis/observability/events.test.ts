import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openCaller } from '../contract/open-caller.ts';
import { openWaiting, waitingTurn } from '../contract/open-waiting.ts';
import { faultDetail, faulty, faultyAnswer, text, tripAtHome } from '../contract/sample-workflows.ts';
import { AgentFailure, createTestCaller } from '../../../server/testing/index.ts';
import { failureOf } from '../../support/failure-of.ts';

const key = { tenant: 'test-tenant', user: 'test-user', conversationId: 'c' };
const turnId = 't1';
const turn = { conversationId: 'c', workflowId: 'travel', turnId, input: text('hello') } as const;
const end = { conversationId: 'c', outcome: 'cancelled' } as const;

describe('an answered turn', () => {
  it("reports its start, the agent's answer, and the commit", async () => {
    await using test = await openCaller();
    test.agent.willAnswer(() => {
      test.clock.advance(1_500);
      return [{ type: 'message', text: 'One' }, { type: 'typing' }, { type: 'message', text: 'Two' }];
    });
    await test.caller.workflow.turn(turn);
    expect(test.events).toEqual([
      { type: 'turn.started', key, turnId, workflowId: 'travel', turnNumber: 1 },
      { type: 'agent.answered', key, turnId, durationMs: 1_500, activities: 3 },
      {
        type: 'turn.committed',
        key,
        turnId,
        workflowId: 'travel',
        turnNumber: 1,
        parse: 'passthrough',
        parseIssuesIn: [],
        rejectedFields: [],
        timings: { waitMs: 0, loadMs: 0, agentMs: 1_500, commitMs: 0 },
        latencyMs: 1_500,
      },
    ]);
  });

  it('reports its number, how it was read, and which fields were rejected, by name only', async () => {
    await using test = await openCaller();
    test.agent.willAnswer({ text: 'One' }, { data: { ...tripAtHome, nights: -1, departure: 'soon' } });
    await test.caller.workflow.turn(turn);
    await test.caller.workflow.turn({ ...turn, turnId: 't2' });
    expect(test.events.slice(3)).toMatchObject([
      { type: 'turn.started', turnId: 't2', turnNumber: 2 },
      { type: 'agent.answered', turnId: 't2', activities: 1 },
      {
        type: 'turn.committed',
        turnId: 't2',
        turnNumber: 2,
        parse: 'structured',
        rejectedFields: ['departure', 'nights'],
      },
    ]);
    expect(JSON.stringify(test.events)).not.toContain('soon');
  });
});

describe('a turn whose answer had faults', () => {
  it('reports their place without their words, which may quote the agent', async () => {
    await using test = await openCaller();
    test.agent.willAnswer([
      { type: 'message', text: 'One', value: { action: 'dance', step: 'secret-step' } },
      { type: 'message', text: 'Two', value: { step: 'secret-step' } },
      { type: 'message', attachments: [{ contentType: 'image/png', contentUrl: 'javascript:secret' }] },
    ]);
    const { turn: done } = await test.caller.workflow.turn(turn);
    expect(done.parseIssues.length).toBeGreaterThan(2);
    expect(test.events.at(-1)).toMatchObject({
      type: 'turn.committed',
      parseIssuesIn: ['value', 'step', 'attachments'],
    });
    expect(JSON.stringify(test.events)).not.toContain('secret');
  });
});

describe('a turn whose agent fails', () => {
  it('reports how the agent failed, and that nothing was stored', async () => {
    await using test = await openCaller();
    test.agent.willAnswer(() => {
      test.clock.advance(700);
      throw new AgentFailure('refused', 'throttled');
    });
    await failureOf(test.caller.workflow.turn(turn));
    const cause = 'refused: throttled';
    expect(test.events).toEqual([
      { type: 'turn.started', key, turnId, workflowId: 'travel', turnNumber: 1 },
      { type: 'agent.failed', key, turnId, durationMs: 700, outcome: 'refused', cause },
      {
        type: 'turn.rolledBack',
        key,
        turnId,
        reason: 'AGENT_FAILED',
        isOutcomeUnknown: false,
        latencyMs: 700,
        cause,
      },
    ]);
  });

  it('reports only the name of a foreign error', async () => {
    await using test = await openCaller();
    test.agent.willAnswer(new TypeError("users-words can't be read"));
    await failureOf(test.caller.workflow.turn(turn));
    expect(test.events).toMatchObject([
      { type: 'turn.started' },
      { type: 'agent.failed', outcome: 'failed', cause: 'TypeError' },
      { type: 'turn.rolledBack', reason: 'AGENT_FAILED', cause: 'TypeError' },
    ]);
    expect(JSON.stringify(test.events)).not.toContain('users-words');
  });

  it('reports an agent that does not answer in time after the whole timeout', async () => {
    await using test = await openWaiting();
    const failing = failureOf(test.running);
    test.clock.advance(30_000);
    await failing;
    expect(test.events).toMatchObject([
      { type: 'turn.started', turnId: waitingTurn.turnId },
      { type: 'agent.failed', outcome: 'timed-out', durationMs: 30_000 },
      { type: 'turn.rolledBack', reason: 'AGENT_TIMEOUT', isOutcomeUnknown: false, latencyMs: 30_000 },
    ]);
  });
});

describe('a turn that is interrupted', () => {
  it('reports that its agent was abandoned and that it was rolled back; the other reports the contention', async () => {
    await using test = await openWaiting();
    const before = test.events.length;
    test.clock.advance(400);
    const urgent = test.caller.workflow.turn({ ...turn, whenBusy: 'interrupt' });
    await failureOf(test.running);
    (await test.agent.question()).answer();
    await urgent;
    const ofBoth = test.events.slice(before);
    expect(ofBoth.filter((event) => 'turnId' in event && event.turnId === waitingTurn.turnId)).toMatchObject([
      { type: 'agent.failed', outcome: 'abandoned', durationMs: 400 },
      { type: 'turn.rolledBack', reason: 'TURN_INTERRUPTED', isOutcomeUnknown: false, latencyMs: 400 },
    ]);
    expect(ofBoth.filter(({ type }) => type === 'lease.contended')).toEqual([
      { type: 'lease.contended', key, call: 'turn', outcome: 'granted', waitedMs: 0 },
    ]);
  });
});

describe('a turn that runs into an error nobody foresaw', () => {
  it('reports that it was rolled back, and the error under its id', async () => {
    await using test = await createTestCaller({ definitions: [faulty] });
    test.agent.willAnswer(faultyAnswer);
    await failureOf(test.caller.workflow.turn({ ...turn, workflowId: 'faulty' }));
    const told = test.events.slice(-2);
    expect(told).toMatchObject([
      {
        type: 'turn.rolledBack',
        ...{ turnId, reason: 'INTERNAL', isOutcomeUnknown: false },
        cause: 'the condition of step "second" of workflow "faulty" threw',
      },
      {
        type: 'error.unexpected',
        errorId: expect.any(String) as string,
        error: expect.objectContaining({
          cause: expect.objectContaining({ message: faultDetail }) as Error,
        }) as Error,
      },
    ]);
    expect(JSON.stringify(told[0])).not.toContain(faultDetail);
  });
});

describe('a turn that never reaches the agent', () => {
  it('reports only the replay, if its id was used before', async () => {
    await using test = await openCaller();
    test.agent.willAnswer({ text: 'One' });
    await test.caller.workflow.turn(turn);
    const before = test.events.length;
    await test.caller.workflow.turn(turn);
    expect(test.events.slice(before)).toEqual([
      { type: 'turn.replayed', key, turnId, turnNumber: 1, latencyMs: 0 },
    ]);
  });

  it('reports only the contention, if another turn is running', async () => {
    await using test = await openWaiting();
    const before = test.events.length;
    await failureOf(test.caller.workflow.turn(turn));
    expect(test.events.slice(before)).toEqual([
      { type: 'lease.contended', key, call: 'turn', outcome: 'refused', waitedMs: 0 },
    ]);
    test.answer();
    await test.running;
  });

  it('reports the contention with how long it waited, if it gets the lease after another', async () => {
    await using test = await openWaiting();
    const before = test.events.length;
    const waiting = test.caller.workflow.turn({ ...turn, whenBusy: 'wait' });
    await setImmediate();
    test.clock.advance(1_200);
    test.answer();
    await test.running;
    (await test.agent.question()).answer();
    await waiting;
    const told = test.events.slice(before).filter((event) => 'turnId' in event && event.turnId === turnId);
    expect(test.events.filter(({ type }) => type === 'lease.contended')).toEqual([
      { type: 'lease.contended', key, call: 'turn', outcome: 'granted', waitedMs: 1_200 },
    ]);
    expect(told).toMatchObject([
      { type: 'turn.started', turnNumber: 2 },
      { type: 'agent.answered', durationMs: 0 },
      { type: 'turn.committed', timings: { waitMs: 1_200 }, latencyMs: 1_200 },
    ]);
  });

  it('reports the contention and the replay, if it is the turn that was running', async () => {
    await using test = await openWaiting();
    const again = test.caller.workflow.turn(waitingTurn);
    await setImmediate();
    test.clock.advance(300);
    test.answer();
    await Promise.all([test.running, again]);
    const ofTheSecond = ['lease.contended', 'turn.replayed'];
    expect(test.events.filter(({ type }) => ofTheSecond.includes(type))).toEqual([
      { type: 'lease.contended', key, call: 'turn', outcome: 'replayed', waitedMs: 300 },
      { type: 'turn.replayed', key, turnId: waitingTurn.turnId, turnNumber: 1, latencyMs: 300 },
    ]);
  });

  it('reports that it was rolled back, and no contention, if the server shuts down as it waits', async () => {
    await using test = await openWaiting();
    const before = test.events.length;
    const waiting = failureOf(test.caller.workflow.turn({ ...turn, whenBusy: 'wait' }));
    await setImmediate();
    const isDown = test.shutDown();
    await waiting;
    expect(test.events.slice(before)).toMatchObject([
      { type: 'turn.rolledBack', turnId, reason: 'SHUTTING_DOWN', isOutcomeUnknown: false },
    ]);
    test.answer();
    await Promise.all([test.running, isDown]);
  });

  it.each([
    ['OVERLOADED', { maxTurnsInFlight: 1 }, false],
    ['SHUTTING_DOWN', {}, true],
  ] as const)('reports that it was rolled back: %s', async (reason, settings, isShuttingDown) => {
    await using test = await openWaiting(settings);
    const isDown = isShuttingDown ? test.shutDown() : Promise.resolve();
    const before = test.events.length;
    await failureOf(test.caller.workflow.turn({ ...turn, conversationId: 'other' }));
    expect(test.events.slice(before)).toEqual([
      {
        type: 'turn.rolledBack',
        key: { ...key, conversationId: 'other' },
        turnId,
        reason,
        isOutcomeUnknown: false,
        latencyMs: 0,
      },
    ]);
    test.answer();
    await test.running;
    await isDown;
  });

  it('reports that it was rolled back if the store is gone, with a known outcome', async () => {
    await using test = await openCaller();
    test.setStoreDown(true);
    await failureOf(test.caller.workflow.turn(turn));
    expect(test.events).toMatchObject([
      { type: 'turn.rolledBack', turnId, reason: 'STATE_STORE_UNAVAILABLE', isOutcomeUnknown: false },
    ]);
  });

  it('reports an id even for a caller that sent none', async () => {
    await using test = await openCaller();
    test.setStoreDown(true);
    await failureOf(test.caller.workflow.turn({ ...turn, turnId: undefined }));
    expect(test.events).toMatchObject([{ turnId: expect.stringMatching(/./) as string }]);
  });
});

describe('an end', () => {
  /** A conversation of one turn, and the events from then on. */
  async function openBegun() {
    const test = await openCaller();
    test.agent.willAnswer({ text: 'Hello' });
    await test.caller.workflow.turn(turn);
    test.events.length = 0;
    return test;
  }

  it('reports how the conversation ended, once', async () => {
    await using test = await openBegun();
    await test.caller.workflow.end({ ...end, reason: 'users-words' });
    await test.caller.workflow.end(end);
    expect(test.events).toEqual([
      { type: 'conversation.ended', key, outcome: 'cancelled', isPurged: false, latencyMs: 0 },
    ]);
  });

  it('reports that the conversation was purged', async () => {
    await using test = await openBegun();
    await test.caller.workflow.end({ ...end, purge: true });
    expect(test.events).toMatchObject([{ type: 'conversation.ended', isPurged: true }]);
  });

  it('reports only the contention, if a turn is running', async () => {
    await using test = await openWaiting();
    const before = test.events.length;
    await failureOf(test.caller.workflow.end(end));
    expect(test.events.slice(before)).toEqual([
      { type: 'lease.contended', key, call: 'end', outcome: 'refused', waitedMs: 0 },
    ]);
    test.answer();
    await test.running;
  });
});
