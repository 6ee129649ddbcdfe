import { ExecutionError, Redlock } from 'redlock';
import { describe, expect, inject, it, vi } from 'vitest';
import { isContention } from '../../../server/redis/lease/locks.ts';
import { parseStandaloneUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { connectRedis } from '../../../server/redis/connection/connect-redis.ts';
import { justTheLease, key, newTicket, takeLease, unheard } from '../store/sample-turns.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshPrefix } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { quickestOf, roomMs, timeOf } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';

const commandTimeoutMs = 500;

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('redlock by itself', () => {
  it('throws one and the same error for a lease that is held and for a Redis that is gone', async () => {
    await using backing = await openRedisBacking({ url: inject('redisUrl') });
    const gone = connectRedis({
      target: parseStandaloneUrl('redis://127.0.0.1:1'),
      commandTimeoutMs,
      onChange: () => undefined,
    });
    const resource = `${freshPrefix()}:lock`;
    const redlock = new Redlock([backing.redis], { retryCount: 0 });
    await redlock.acquire([resource], 5_000);
    const held = await failure(redlock.acquire([resource], 5_000));
    const unreachable = await failure(new Redlock([gone], { retryCount: 0 }).acquire([resource], 5_000));
    gone.disconnect();

    expect(held).toBeInstanceOf(ExecutionError);
    expect(unreachable).toBeInstanceOf(ExecutionError);
    expect((unreachable as Error).message).toBe((held as Error).message);
    // Only the votes differ.
    expect(await isContention(held)).toBe(true);
    expect(await isContention(unreachable)).toBe(false);
  });
});

describe('asking for the lease', () => {
  it('learns at once that it is held, without retries', async () => {
    await using backing = await openRedisBacking({ url: inject('redisUrl') });
    await takeLease(backing);
    const ask = async () =>
      expect(await backing.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
    // Redlock's own ten retries would take some 2 s every time.
    expect(await quickestOf(ask, 1_000)).toBeLessThan(1_000);
  });

  it('of a Redis that is gone, fails at once with STATE_STORE_UNAVAILABLE', async () => {
    using rejections = watchUnhandledRejections();
    await using own = await startOwnRedis();
    await using backing = await openRedisBacking({ url: own.url, commandTimeoutMs });
    await takeLease(backing);
    await own.stop();
    // The loop catches a command that waits for the next attempt to connect.
    const ask = async () => {
      for (let time = 0; time < 20; time += 1) {
        const told = await failure(backing.leases.acquire(key, newTicket(), justTheLease));
        expect(told).toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE', retryable: true });
      }
    };
    expect(await quickestOf(ask, 500)).toBeLessThan(500);
    expect(rejections.unhandled).toEqual([]);
  });

  it('of a Redis that hangs, fails with STATE_STORE_UNAVAILABLE within twice the command timeout', async () => {
    using rejections = watchUnhandledRejections();
    await using own = await startOwnRedis();
    await using backing = await openRedisBacking({ url: own.url, commandTimeoutMs });
    own.hang();
    const asked = failure(backing.leases.acquire(key, newTicket(), justTheLease));
    const tookMs = await timeOf(asked);
    expect(await asked).toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
      cause: { message: 'Command timed out' },
    });
    expect(tookMs).toBeGreaterThanOrEqual(commandTimeoutMs - 5);
    expect(tookMs).toBeLessThan(2 * commandTimeoutMs + roomMs);

    // Redis runs the request after all, and the lease must not stay locked. Another server asks for it, because this
    // one's connection may just be closing and lose its next request.
    own.goOn();
    await using another = await openRedisBacking({ url: own.url, prefix: backing.prefix });
    await vi.waitFor(async () =>
      expect((await another.leases.acquire(key, newTicket(), justTheLease)).kind).toBe('granted'),
    );
    expect(rejections.unhandled).toEqual([]);
  });

  it('of a Redis that refuses, fails with STATE_STORE_UNAVAILABLE, also when the lease is held', async () => {
    await using own = await startOwnRedis();
    await using backing = await openRedisBacking({ url: own.url, commandTimeoutMs });
    await backing.redis.config('SET', 'maxmemory', '1');
    const refused = await failure(backing.leases.acquire(key, newTicket(), justTheLease));
    expect(refused).toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE' });
  });
});

describe('giving the lease back', () => {
  it('never fails: not when Redis is gone, nor when it hangs', async () => {
    using rejections = watchUnhandledRejections();
    await using own = await startOwnRedis();
    await using backing = await openRedisBacking({ url: own.url, commandTimeoutMs });
    const first = await takeLease(backing);
    const second = await takeLease(backing, { ...key, conversationId: 'another' });
    own.hang();
    expect(await timeOf(first.release(unheard))).toBeLessThan(commandTimeoutMs + roomMs);
    own.goOn();
    await own.stop();
    await expect(second.release(unheard)).resolves.toBeUndefined();
    await expect(second.release(unheard)).resolves.toBeUndefined();
    expect(rejections.unhandled).toEqual([]);
  });
});
