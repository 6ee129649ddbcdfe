import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { Subscriber } from '../../../server/redis/connection/subscriber.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { roomMs } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';

const commandTimeoutMs = 500;

/** A subscriber that is connected, and what it hears. */
async function listen(url: string) {
  const subscriber = new Subscriber({ target: parseRedisUrl(url), commandTimeoutMs });
  const heard: string[] = [];
  subscriber.on('smessage', (channel, message) => heard.push(`slot ${channel} ${message}`));
  subscriber.on('message', (channel, message) => heard.push(`all ${channel} ${message}`));
  await once(subscriber, 'ready');
  return { subscriber, heard, [Symbol.dispose]: () => subscriber.close() };
}

describe('a subscriber', () => {
  it('hears the channels of slots and of the whole Redis that it has subscribed, and no others', async () => {
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    using listening = await listen(redis.url);
    const { subscriber, heard } = listening;
    await subscriber.ssubscribe('{a}:one');
    await subscriber.ssubscribe('{b}:two');
    subscriber.subscribe('everywhere');
    await vi.waitFor(async () => expect(await raw.redis.publish('everywhere', '1')).toBe(1));
    expect(await raw.redis.spublish('{a}:one', '2')).toBe(1);
    await subscriber.sunsubscribe('{b}:two');
    expect(await raw.redis.spublish('{b}:two', '3')).toBe(0);
    await vi.waitFor(() => expect(heard).toEqual(['all everywhere 1', 'slot {a}:one 2']));
  });

  it('subscribes all of it again when Redis is back, and says so', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    using listening = await listen(redis.url);
    const { subscriber, heard } = listening;
    await subscriber.ssubscribe('{a}:one');
    subscriber.subscribe('everywhere');

    await redis.kill();
    const began = performance.now();
    await expect(subscriber.ssubscribe('{c}:three')).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(commandTimeoutMs + roomMs);
    const back = once(subscriber, 'ready');
    await redis.start();
    await back;

    expect(await raw.redis.spublish('{a}:one', 'again')).toBe(1);
    expect(await raw.redis.spublish('{c}:three', 'not subscribed')).toBe(0);
    await vi.waitFor(async () => expect(await raw.redis.publish('everywhere', 'again')).toBe(1));
    await vi.waitFor(() => expect(heard).toEqual(['slot {a}:one again', 'all everywhere again']));
    expect(rejections.unhandled).toEqual([]);
  });

  it('fails to subscribe, in time, while Redis hangs', async () => {
    await using redis = await startOwnRedis();
    using listening = await listen(redis.url);
    redis.hang();
    const began = performance.now();
    await expect(listening.subscriber.ssubscribe('{a}:one')).rejects.toThrow('Command timed out');
    expect(performance.now() - began).toBeLessThan(commandTimeoutMs + roomMs);
  });

  it('finds out by itself that Redis hangs, though it only listens, and makes a new connection', async () => {
    await using redis = await startOwnRedis();
    using listening = await listen(redis.url);
    await listening.subscriber.ssubscribe('{a}:one');
    redis.hang();
    // As long as Redis hangs: a heartbeat comes around, and is not answered in twice the command timeout.
    await setTimeout(20 * commandTimeoutMs);
    const back = once(listening.subscriber, 'ready');
    redis.goOn();
    await back;
  });
});
