import { describe, expect, inject, it, vi } from 'vitest';
import { LeaseWatch } from '../../../server/redis/lease/extend-in-time.ts';
import { ManualClock } from '../../../server/testing/manual-clock.ts';
import { key, takeLease, unheard } from '../store/sample-turns.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';

const leaseTtlMs = 9_000;
const untilExtensionMs = leaseTtlMs / 3;
const untilGivenUpMs = leaseTtlMs - leaseTtlMs / 10;

/** A held lease whose timers a test fires by hand. */
async function openHeld(url = inject('redisUrl')) {
  const clock = new ManualClock();
  const backing = await openRedisBacking({ url, clock, leaseTtlMs, commandTimeoutMs: 1_000 });
  const raw = rawRedis(url);
  const lease = await takeLease(backing);
  const { lock } = backing.keys.conversation(key);
  return {
    clock,
    lease,
    lock,
    raw: raw.redis,
    connection: backing.redis,
    eventsOf: (type: string) => backing.events.filter((event) => event.type === type),
    [Symbol.asyncDispose]: async () => {
      raw[Symbol.dispose]();
      await backing[Symbol.asyncDispose]();
    },
  };
}

describe('while it is held', () => {
  it('the lease is set back to its full life a third of the way, again and again', async () => {
    await using held = await openHeld();
    for (let time = 1; time <= 4; time += 1) {
      await held.raw.pexpire(held.lock, 2_000);
      held.clock.advance(untilExtensionMs - 1);
      expect(held.eventsOf('lease.extended')).toHaveLength(time - 1);
      held.clock.advance(1);
      await vi.waitFor(() => expect(held.eventsOf('lease.extended')).toHaveLength(time));
      expect(await held.raw.pttl(held.lock)).toBeGreaterThan(leaseTtlMs - 2_000);
      expect(await held.raw.get(held.lock)).toBe(held.lease.token);
    }
    expect(held.eventsOf('lease.extended')[0]).toEqual({
      type: 'lease.extended',
      key,
      extendedForMs: leaseTtlMs,
    });
    expect(held.lease.loss.signal.aborted).toBe(false);
  });

  it('the lease is not extended any more once it was given back or only stopped', async () => {
    await using held = await openHeld();
    held.lease.stop();
    await held.raw.pexpire(held.lock, 5_000);
    held.clock.advance(untilGivenUpMs * 3);
    await held.connection.ping();
    expect(await held.raw.pttl(held.lock)).toBeLessThanOrEqual(5_000);
    expect(held.eventsOf('lease.extended')).toEqual([]);
    expect(held.lease.loss.signal.aborted).toBe(false);
  });
});

describe('the signal aborts with LEASE_LOST', () => {
  for (const [name, lose] of [
    ["when another's token is in its place, which stays there", 'theirs'],
    ['when it has run out, and it is not revived', null],
  ] as const) {
    it(name, async () => {
      await using held = await openHeld();
      if (lose === null) await held.raw.del(held.lock);
      else await held.raw.set(held.lock, lose, 'PX', 5_000);
      held.clock.advance(untilExtensionMs);
      await vi.waitFor(() => expect(held.lease.loss.signal.aborted).toBe(true));
      expect(held.lease.loss.signal.reason).toMatchObject({ reason: 'LEASE_LOST', retryable: true });
      expect(held.eventsOf('lease.lost')).toEqual([{ type: 'lease.lost', key, reason: 'LEASE_LOST' }]);
      await held.lease.release(unheard);
      expect(await held.raw.get(held.lock)).toBe(lose);
    });
  }

  it('when this process was paused past its expiry', () => {
    // The clock of a paused process: the time jumps, and due timers fire afterwards.
    const time = { now: 0, due: [] as (() => void)[] };
    const clock = {
      now: () => time.now,
      after: (_delayMs: number, then: () => void) => {
        time.due.push(then);
        return () => {
          time.due = time.due.filter((other) => other !== then);
        };
      },
    };
    const neverAnswers = new Promise<never>(() => undefined);
    const lease = { extend: () => neverAnswers, extended: () => undefined, lost: () => undefined };
    const watch = new LeaseWatch(lease, { clock, ttlMs: leaseTtlMs, takenAt: 0 });
    time.now = leaseTtlMs + 1;
    for (const fire of [...time.due]) fire();
    expect(watch.loss.signal.reason).toMatchObject({ reason: 'LEASE_LOST' });
    expect(time.due).toEqual([]);
  });
});

describe('when Redis hangs', () => {
  it('the signal aborts with STATE_STORE_UNAVAILABLE before the lease runs out, waiting for no answer', async () => {
    using rejections = watchUnhandledRejections();
    await using own = await startOwnRedis();
    await using held = await openHeld(own.url);
    own.hang();
    held.clock.advance(untilExtensionMs);
    held.clock.advance(untilGivenUpMs - untilExtensionMs - 1);
    expect(held.lease.loss.signal.aborted).toBe(false);
    held.clock.advance(1);
    expect(held.lease.loss.signal.reason).toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
      retryable: true,
    });
    expect(held.eventsOf('lease.lost')).toEqual([
      { type: 'lease.lost', key, reason: 'STATE_STORE_UNAVAILABLE' },
    ]);
    await held.lease.release(unheard);
    expect(rejections.unhandled).toEqual([]);
  });

  it('and goes on in time, the lease is extended after all', async () => {
    using rejections = watchUnhandledRejections();
    await using own = await startOwnRedis();
    await using held = await openHeld(own.url);
    own.hang();
    held.clock.advance(untilExtensionMs);
    // The ping is sent after the extension: when the ping times out, so has the extension.
    await expect(held.connection.ping()).rejects.toThrow('timed out');
    own.goOn();
    held.clock.advance(leaseTtlMs / 10);
    await vi.waitFor(() => expect(held.eventsOf('lease.extended')).toHaveLength(1));
    held.clock.advance(untilExtensionMs - 1);
    expect(held.lease.loss.signal.aborted).toBe(false);
    expect(rejections.unhandled).toEqual([]);
  });

  it('as when it is gone: the signal aborts before the lease runs out', async () => {
    using rejections = watchUnhandledRejections();
    await using own = await startOwnRedis();
    await using held = await openHeld(own.url);
    await own.stop();
    for (let step = 0; step < 9; step += 1) {
      expect(held.lease.loss.signal.aborted).toBe(false);
      held.clock.advance(untilGivenUpMs / 9);
      await held.connection.ping().catch(() => undefined);
    }
    expect(held.lease.loss.signal.reason).toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE' });
    await held.lease.release(unheard);
    expect(rejections.unhandled).toEqual([]);
  });
});
