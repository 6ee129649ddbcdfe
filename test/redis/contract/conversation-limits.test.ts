import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { text } from './sample-workflows.ts';

const ann = { tenant: 'test-tenant', user: 'test-user' };
const ben = { tenant: 'test-tenant', user: 'ben' };
const eve = { tenant: 'other-tenant', user: 'test-user' };

async function openLimited(kind: StoreKind, limits: Parameters<typeof openCaller>[1]) {
  const test = await openCaller(kind, limits);
  const turn = (conversationId: string, who = ann) => {
    test.agent.willAnswer({ text: 'Go on.' });
    return test.as(who).workflow.turn({ conversationId, workflowId: 'travel', input: text('hello') });
  };
  return { ...test, turn };
}

describe.each(storeKinds)('conversations on %s', (kind) => {
  it('are limited by user: a turn that opens one more is RATE_LIMITED, those that are there go on', async () => {
    await using test = await openLimited(kind, { userConversations: 2, userTurnsPerMinute: 4 });
    await test.turn('a');
    await test.turn('b');
    for (let count = 0; count < 3; count += 1) {
      const { code, error } = await failureOf(test.turn('c'));
      expect([code, error.reason, error.retryable]).toEqual(['TOO_MANY_REQUESTS', 'RATE_LIMITED', true]);
      expect(error.message).toBe(
        'You have 2 conversations, which is the limit. Delete one, or wait until one expires.',
      );
      // Redis counts a conversation for a minute longer than it lives.
      expect(error.retryAfterMs).toBeGreaterThan(86_000_000);
      expect(error.retryAfterMs).toBeLessThanOrEqual(86_460_000);
    }
    expect((await test.caller.workflow.list()).conversations).toHaveLength(2);
    // The refused turns count for none in the minute either.
    expect((await test.turn('a')).turn.number).toBe(2);
    expect((await test.turn('b')).turn.number).toBe(2);
    expect((await test.turn('c', ben)).turn.number).toBe(1);
  });

  it('are limited by tenant, for all its users together', async () => {
    await using test = await openLimited(kind, { tenantConversations: 2 });
    await test.turn('a');
    await test.turn('a', ben);
    const { error } = await failureOf(test.turn('b', ben));
    expect(error.message).toContain('All users of your tenant together have 2 conversations');
    expect((await test.turn('a', eve)).turn.number).toBe(1);
    expect(test.events.filter(({ type }) => type === 'limit.reached')).toMatchObject([
      { resource: 'conversations', of: 'tenant' },
    ]);
  });

  it('take a place until they are purged: an end alone leaves the result there', async () => {
    await using test = await openLimited(kind, { userConversations: 1 });
    await test.turn('a');
    const { end } = test.caller.workflow;
    await end({ conversationId: 'a', outcome: 'cancelled' });
    expect((await failureOf(test.turn('b'))).error.reason).toBe('RATE_LIMITED');
    await end({ conversationId: 'a', outcome: 'cancelled', purge: true });
    expect((await test.turn('b')).turn.number).toBe(1);
  });
});

describe('a conversation that has expired', () => {
  it('takes no place', async () => {
    await using test = await openLimited('memory', { userConversations: 1 });
    await test.turn('a');
    test.clock.advance(86_400_000);
    expect((await test.turn('b')).turn.number).toBe(1);
  });
});
