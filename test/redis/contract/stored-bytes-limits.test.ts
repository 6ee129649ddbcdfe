import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { text } from './sample-workflows.ts';

const ann = { tenant: 'test-tenant', user: 'test-user' };
const ben = { tenant: 'test-tenant', user: 'ben' };
const eve = { tenant: 'other-tenant', user: 'test-user' };
const most = 20_000;

async function openLimited(kind: StoreKind, limits: Parameters<typeof openCaller>[1]) {
  const test = await openCaller(kind, limits);
  const turn = (conversationId: string, how: { who?: typeof ann; words?: string; turnId?: string } = {}) => {
    const { who = ann, words = 'hello', turnId } = how;
    test.agent.willAnswer({ text: 'Go on.' });
    const given = { conversationId, workflowId: 'travel', input: text(words) };
    return test.as(who).workflow.turn(turnId === undefined ? given : { ...given, turnId });
  };
  /** Opens conversations of some 9,000 bytes until no more is let in; a size is counted shortly after its commit. */
  const fill = async (who = ann) => {
    for (let index = 0; index < 50; index += 1) {
      const opened = await turn(`full-${index}`, { who, words: 'x'.repeat(7_000) }).catch(() => null);
      if (opened === null) return;
    }
    throw new Error('nothing was refused');
  };
  return { ...test, turn, fill };
}

describe.each(storeKinds)('bytes stored on %s', (kind) => {
  it('are limited by user: every further turn is RATE_LIMITED, and says what to do', async () => {
    await using test = await openLimited(kind, { userStoredBytes: most, userTurnsPerMinute: 60 });
    await test.turn('first', { turnId: 'once' });
    await test.fill();
    for (const conversationId of ['full-0', 'new']) {
      const { code, error } = await failureOf(test.turn(conversationId));
      expect([code, error.reason, error.retryable]).toEqual(['TOO_MANY_REQUESTS', 'RATE_LIMITED', true]);
      expect(error.message).toBe(
        'Your conversations take 20000 bytes, which is the limit. ' +
          'Delete one (end it with purge), or wait until one expires.',
      );
      expect(error.retryAfterMs).toBeGreaterThan(86_000_000);
      expect(error.retryAfterMs).toBeLessThanOrEqual(86_460_000);
    }
    expect(test.events.find(({ type }) => type === 'limit.reached')).toMatchObject({
      resource: 'storedBytes',
      of: 'user',
    });
    expect((await test.turn('other', { who: ben })).turn.number).toBe(1);
    expect((await test.turn('other', { who: eve })).turn.number).toBe(1);
  });

  it('refuse neither a replay, a read, an end nor a purge, which makes room', async () => {
    await using test = await openLimited(kind, { userStoredBytes: most });
    await test.turn('first', { turnId: 'once' });
    await test.fill();
    expect(await test.turn('first', { turnId: 'once' })).toMatchObject({ replayed: true });
    const { get, end, list } = test.caller.workflow;
    expect((await get({ conversationId: 'first' })).workflowState.turnCount).toBe(1);
    expect((await list()).conversations.length).toBeGreaterThan(1);
    const cancelled = { conversationId: 'full-0', outcome: 'cancelled' as const };
    await end(cancelled);
    expect((await failureOf(test.turn('first'))).error.reason).toBe('RATE_LIMITED');
    // A size is counted shortly after its commit, so more of them may have been opened than the limit allows.
    const full = (await list()).conversations.filter(({ conversationId }) => conversationId !== 'first');
    for (const { conversationId } of full) await end({ conversationId, outcome: 'cancelled', purge: true });
    await vi.waitFor(async () => expect((await test.turn('first')).turn.number).toBeGreaterThan(1));
  });

  it('are limited by tenant, for all its users together', async () => {
    await using test = await openLimited(kind, { tenantStoredBytes: most });
    await test.fill(ben);
    const { error } = await failureOf(test.turn('first'));
    expect(error.message).toContain(
      'The conversations of all users of your tenant together take 20000 bytes',
    );
    expect((await test.turn('first', { who: eve })).turn.number).toBe(1);
  });
});

describe('a conversation that has expired', () => {
  it('takes no bytes', async () => {
    await using test = await openLimited('memory', { userStoredBytes: most });
    await test.fill();
    test.clock.advance(86_400_000);
    expect((await test.turn('first')).turn.number).toBe(1);
  });
});
