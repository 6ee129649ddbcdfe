import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { WatchReader } from '../watch/read-watch.ts';
import { openCaller, storeKinds } from './open-caller.ts';

const ann = { tenant: 'test-tenant', user: 'test-user' };
const ben = { tenant: 'test-tenant', user: 'ben' };
const eve = { tenant: 'other-tenant', user: 'test-user' };

describe.each(storeKinds)('open watches on %s', (kind) => {
  it('are limited by user and by tenant, and one that is closed makes room', async () => {
    await using test = await openCaller(kind, { userOpenWatches: 2, tenantOpenWatches: 3 });
    const watch = async (who = ann) =>
      new WatchReader(await test.as(who).workflow.watch({ conversationId: 'c', awaitOpening: true }));
    const first = await watch();
    const second = await watch();
    const { code, error } = await failureOf(watch());
    expect([code, error.reason, error.retryAfterMs]).toEqual(['TOO_MANY_REQUESTS', 'RATE_LIMITED', 1_000]);
    expect(error.message).toBe(
      'You have 2 open watches, which is the limit. Close one, or try again shortly.',
    );
    const bens = await watch(ben);
    expect((await failureOf(watch(ben))).error.message).toContain('All users of your tenant together');
    const eves = await watch(eve);
    await first.next();
    await first.stop();
    const third = await vi.waitFor(() => watch());
    for (const reader of [second, bens, eves, third]) {
      await reader.next();
      await reader.stop();
    }
  });
});

describe('the place of a watch', () => {
  it('is renewed while the watch is open', async () => {
    await using test = await openCaller('memory', { userOpenWatches: 1 });
    const watch = () => test.as(ann).workflow.watch({ conversationId: 'c', awaitOpening: true });
    const reader = new WatchReader(await watch());
    for (let minutes = 0; minutes < 5; minutes += 1) {
      for (let part = 0; part < 3; part += 1) test.clock.advance(20_000);
      expect((await failureOf(watch())).error.reason).toBe('RATE_LIMITED');
    }
    await reader.next();
    await reader.stop();
  });
});
