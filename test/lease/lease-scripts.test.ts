import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, inject, it, vi } from 'vitest';
import { ManualClock } from '../../server/testing/manual-clock.ts';
import { key, takeLease, unheard } from '../store/sample-turns.ts';
import { startOwnRedis } from '../support/own-redis.ts';
import { freshPrefix, keysUnder, rawRedis } from '../support/raw-redis.ts';
import { openRedisBacking } from '../support/redis-backing.ts';

const textOf = (name: string): string =>
  readFileSync(new URL(`../../server/lease/scripts/${name}.lua`, import.meta.url), 'utf8');

/** A connection of its own, and our script as redlock calls it: with a database that it ignores. */
function openScript(name: string) {
  const { redis, [Symbol.dispose]: dispose } = rawRedis(inject('redisUrl'));
  const resource = `${freshPrefix()}:lock`;
  const run = (token: string, ttlMs: number) =>
    redis.eval(textOf(name), 1, resource, '0', token, String(ttlMs));
  return { redis, resource, run, [Symbol.dispose]: dispose };
}

describe("our scripts in place of redlock's", () => {
  it('are what redlock runs to acquire, extend and release', async () => {
    await using own = await startOwnRedis();
    const clock = new ManualClock();
    await using backing = await openRedisBacking({ url: own.url, clock, leaseTtlMs: 9_000 });
    await backing.redis.script('FLUSH');
    const shas = ['acquire-lease', 'extend-lease', 'release-lease'].map((name) =>
      createHash('sha1').update(textOf(name)).digest('hex'),
    );
    const known = () => backing.redis.script('EXISTS', ...shas);
    const lease = await takeLease(backing);
    expect(await known()).toEqual([1, 0, 0]);
    clock.advance(3_000);
    await vi.waitFor(async () => expect(await known()).toEqual([1, 1, 0]));
    await lease.release(unheard);
    expect(await known()).toEqual([1, 1, 1]);
  });

  it('let the same request, sent again after a lost answer, take the lease it has taken already', async () => {
    using script = openScript('acquire-lease');
    expect(await script.run('mine', 5_000)).toBe(1);
    await script.redis.pexpire(script.resource, 1_000);
    expect(await script.run('mine', 5_000)).toBe(1);
    expect(await script.redis.pttl(script.resource)).toBeGreaterThan(1_000);
  });

  it('refuse a lease that another holds, and leave it as it is', async () => {
    using script = openScript('acquire-lease');
    await script.run('theirs', 5_000);
    expect(await script.run('mine', 60_000)).toBe(0);
    expect(await script.redis.get(script.resource)).toBe('theirs');
    expect(await script.redis.pttl(script.resource)).toBeLessThanOrEqual(5_000);
  });

  it("extend neither another's lease nor one that has run out", async () => {
    using script = openScript('extend-lease');
    expect(await script.run('mine', 5_000)).toBe(0);
    expect(await script.redis.exists(script.resource)).toBe(0);
    await script.redis.set(script.resource, 'theirs', 'PX', 5_000);
    expect(await script.run('mine', 60_000)).toBe(0);
    expect(await script.redis.pttl(script.resource)).toBeLessThanOrEqual(5_000);
    expect(await script.run('theirs', 60_000)).toBe(1);
    expect(await script.redis.pttl(script.resource)).toBeGreaterThan(5_000);
  });

  it("release nobody's lease but their own", async () => {
    using script = openScript('release-lease');
    await script.redis.set(script.resource, 'theirs', 'PX', 5_000);
    expect(await script.run('mine', 0)).toBe(0);
    expect(await script.redis.get(script.resource)).toBe('theirs');
    expect(await script.run('theirs', 0)).toBe(1);
    expect(await script.redis.exists(script.resource)).toBe(0);
  });

  it('stay in the database that the URL names', async () => {
    const url = `${inject('redisUrl')}/3`;
    await using backing = await openRedisBacking({ url });
    using inDatabase3 = rawRedis(url);
    using inDatabase0 = rawRedis(inject('redisUrl'));
    const lease = await takeLease(backing);
    const { lock } = backing.keys.conversation(key);
    expect(await inDatabase3.redis.get(lock)).toBe(lease.token);
    expect(await keysUnder(inDatabase0.redis, backing.prefix)).toEqual([]);
    await lease.release(unheard);
    expect(await inDatabase3.redis.exists(lock)).toBe(0);
  });
});
