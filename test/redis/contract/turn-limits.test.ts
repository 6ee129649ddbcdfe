import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../server/testing/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { text } from './sample-workflows.ts';

const ann = { tenant: 'test-tenant', user: 'test-user' };
const ben = { tenant: 'test-tenant', user: 'ben' };
const eve = { tenant: 'other-tenant', user: 'test-user' };

type Limits = Pick<
  NonNullable<Parameters<typeof openCaller>[1]>,
  'userTurnsPerMinute' | 'tenantTurnsPerMinute'
>;

async function openLimited(kind: StoreKind, limits: Limits) {
  const test = await openCaller(kind, limits);
  const turn = (turnId: string, who = ann, conversationId = 'c') => {
    test.agent.willAnswer({ text: 'Go on.' });
    const input = text('hello');
    return test.as(who).workflow.turn({ conversationId, workflowId: 'travel', turnId, input });
  };
  return { ...test, turn };
}

describe.each(storeKinds)('turns a minute on %s', (kind) => {
  it('are limited by user: one more is RATE_LIMITED, with the time after which there is room', async () => {
    await using test = await openLimited(kind, { userTurnsPerMinute: 2 });
    await test.turn('1');
    await test.turn('2', ann, 'another');
    const { code, error } = await failureOf(test.turn('3'));
    expect([code, error.reason, error.retryable]).toEqual(['TOO_MANY_REQUESTS', 'RATE_LIMITED', true]);
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(error.message).toContain('You have begun 2 turns in the last minute, which is the limit.');
    expect((await test.caller.workflow.get({ conversationId: 'c' })).workflowState.turnCount).toBe(1);
    expect(test.agent.requests).toHaveLength(2);
    expect((await test.turn('1', ben)).turn.number).toBe(1);
    expect((await test.turn('1', eve)).turn.number).toBe(1);
  });

  it('are limited by tenant, for all its users together', async () => {
    await using test = await openLimited(kind, { userTurnsPerMinute: 2, tenantTurnsPerMinute: 3 });
    await test.turn('1');
    await test.turn('2');
    await test.turn('1', ben);
    const { error } = await failureOf(test.turn('2', ben));
    expect(error.reason).toBe('RATE_LIMITED');
    expect(error.message).toContain('All users of your tenant together have begun 3 turns');
    expect((await test.turn('1', eve)).turn.number).toBe(1);
    expect(test.events.filter(({ type }) => type === 'limit.reached')).toMatchObject([
      { resource: 'turns', of: 'tenant', key: { ...ben, conversationId: 'c' } },
    ]);
  });

  it('do not count a replay, which no limit refuses', async () => {
    await using test = await openLimited(kind, { userTurnsPerMinute: 2 });
    await test.turn('1');
    for (let count = 0; count < 3; count += 1) expect((await test.turn('1')).replayed).toBe(true);
    await test.turn('2');
    expect((await test.turn('2')).replayed).toBe(true);
    expect((await failureOf(test.turn('3'))).error.reason).toBe('RATE_LIMITED');
  });

  it('count a turn whose agent failed, and none that was refused before its agent was asked', async () => {
    await using test = await openLimited(kind, { userTurnsPerMinute: 2 });
    const { turn } = test.caller.workflow;
    const input = text('hello');
    await test.turn('1');
    for (const workflowId of ['survey', 'survey', 'survey']) {
      const { error } = await failureOf(turn({ conversationId: 'c', workflowId, input }));
      expect(error.reason).toBe('WORKFLOW_MISMATCH');
    }
    test.agent.willAnswer(new AgentFailure('failed', 'told to'));
    expect((await failureOf(turn({ conversationId: 'c', input }))).error.reason).toBe('AGENT_FAILED');
    expect((await failureOf(test.turn('2'))).error.reason).toBe('RATE_LIMITED');
  });

  it('bound turns alone: a conversation can be read, listed and ended', async () => {
    await using test = await openLimited(kind, { userTurnsPerMinute: 1 });
    await test.turn('1');
    const { get, list, end } = test.caller.workflow;
    await get({ conversationId: 'c' });
    expect((await list()).conversations).toHaveLength(1);
    expect((await end({ conversationId: 'c', outcome: 'cancelled' })).workflowState.status).toBe('ended');
  });
});

describe('the minute of a limit', () => {
  it('is any minute, not that of the clock: each turn leaves it after sixty seconds', async () => {
    await using test = await openLimited('memory', { userTurnsPerMinute: 2 });
    await test.turn('1');
    test.clock.advance(45_000);
    await test.turn('2');
    const { error } = await failureOf(test.turn('3'));
    expect(error.retryAfterMs).toBe(15_000);
    expect(error.message).toContain('There is room for another in 15 s.');
    test.clock.advance(15_000);
    await test.turn('3');
    expect((await failureOf(test.turn('4'))).error.retryAfterMs).toBe(45_000);
  });
});

describe('a limit without its store', () => {
  it('lets nothing through: the call fails with STATE_STORE_UNAVAILABLE', async () => {
    await using test = await openLimited('memory', { userTurnsPerMinute: 2 });
    test.setStoreDown(true);
    expect((await failureOf(test.turn('1'))).error.reason).toBe('STATE_STORE_UNAVAILABLE');
  });
});
