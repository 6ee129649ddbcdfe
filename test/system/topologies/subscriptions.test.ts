import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { Subscriptions } from '../../../server/redis/connection/subscriptions.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { roomMs } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';

const commandTimeoutMs = 500;

/** Subscriptions that are connected, and the messages that reached their listeners. */
async function listen(url: string) {
  const subscriptions = new Subscriptions({ target: parseRedisUrl(url), commandTimeoutMs });
  const heard: string[] = [];
  const nextConnection = () =>
    new Promise<void>((resolve) => {
      const stop = subscriptions.onReconnect(() => {
        stop();
        resolve();
      });
    });
  await nextConnection();
  return {
    subscribe: (name: string) => subscriptions.subscribe(name, (message) => heard.push(`${name} ${message}`)),
    subscribeGlobal: (name: string) =>
      subscriptions.subscribeGlobal(name, (message) => heard.push(`global ${name} ${message}`)),
    heard,
    nextConnection,
    [Symbol.dispose]: () => subscriptions.close(),
  };
}

describe('subscriptions', () => {
  it('pass on messages of the channels of slots and of the whole Redis that are subscribed, and no others', async () => {
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    using listening = await listen(redis.url);
    await listening.subscribe('{a}:one');
    const stop = await listening.subscribe('{b}:two');
    listening.subscribeGlobal('everywhere');
    await vi.waitFor(async () => expect(await raw.redis.publish('everywhere', '1')).toBe(1));
    expect(await raw.redis.spublish('{a}:one', '2')).toBe(1);
    stop();
    await vi.waitFor(async () => expect(await raw.redis.spublish('{b}:two', '3')).toBe(0));
    await vi.waitFor(() => expect(listening.heard).toEqual(['global everywhere 1', '{a}:one 2']));
  });

  it('are one in Redis for all listeners of a channel, and end with the last of them', async () => {
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    using listening = await listen(redis.url);
    const [stopFirst, stopSecond] = await Promise.all([
      listening.subscribe('{a}:one'),
      listening.subscribe('{a}:one'),
    ]);
    expect(await raw.redis.spublish('{a}:one', 'both')).toBe(1);
    await vi.waitFor(() => expect(listening.heard).toEqual(['{a}:one both', '{a}:one both']));
    stopFirst();
    expect(await raw.redis.spublish('{a}:one', 'one')).toBe(1);
    await vi.waitFor(() => expect(listening.heard).toHaveLength(3));
    stopSecond();
    await vi.waitFor(async () => expect(await raw.redis.spublish('{a}:one', 'none')).toBe(0));
  });

  it('come back when Redis is back, and say so', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    using listening = await listen(redis.url);
    await listening.subscribe('{a}:one');
    listening.subscribeGlobal('everywhere');

    await redis.kill();
    const began = performance.now();
    await expect(listening.subscribe('{c}:three')).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(commandTimeoutMs + roomMs);
    const back = listening.nextConnection();
    await redis.start();
    await back;

    expect(await raw.redis.spublish('{a}:one', 'again')).toBe(1);
    expect(await raw.redis.spublish('{c}:three', 'not subscribed')).toBe(0);
    await vi.waitFor(async () => expect(await raw.redis.publish('everywhere', 'again')).toBe(1));
    await vi.waitFor(() => expect(listening.heard).toEqual(['{a}:one again', 'global everywhere again']));
    expect(rejections.unhandled).toEqual([]);
  });

  it('fail in time while Redis hangs', async () => {
    await using redis = await startOwnRedis();
    using listening = await listen(redis.url);
    redis.hang();
    const began = performance.now();
    await expect(listening.subscribe('{a}:one')).rejects.toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
      cause: { message: 'Command timed out' },
    });
    expect(performance.now() - began).toBeLessThan(commandTimeoutMs + roomMs);
  });

  it('find out by themselves that Redis hangs, though they only listen, and connect again', async () => {
    await using redis = await startOwnRedis();
    using listening = await listen(redis.url);
    await listening.subscribe('{a}:one');
    redis.hang();
    // Long enough for a heartbeat to be sent, and not answered within twice the command timeout.
    await setTimeout(20 * commandTimeoutMs);
    const back = listening.nextConnection();
    redis.goOn();
    await back;
  });
});
