import { createHash } from 'node:crypto';
import { describe, expect, inject, it, vi } from 'vitest';
import { lockScripts } from '../../../server/redis/scripts/define-scripts.ts';
import { ManualClock } from '../../../server/testing/manual-clock.ts';
import { systemClock } from '../../../server/system-clock.ts';
import type { QueueTicket } from '../../../server/orchestrator/ports/lease.ts';
import { justTheLease, key, newTicket, takeLease, turnCommit, unheard } from '../store/sample-turns.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshPrefix, keysUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { scripts } from '../../support/scripts.ts';
import { startReplyEatingProxy } from '../../support/proxy/reply-eating-proxy.ts';

const texts = { ...lockScripts, leaseConversation: scripts.leaseConversation };

/** Runs our script as redlock calls it, with a database argument that it ignores, on a connection of its own. */
function openScript(name: keyof typeof lockScripts) {
  const { redis, [Symbol.dispose]: dispose } = rawRedis(inject('redisUrl'));
  const resource = `${freshPrefix()}:lock`;
  const run = (token: string, ttlMs: number) =>
    redis.eval(texts[name], 1, resource, '0', token, String(ttlMs));
  return { redis, resource, run, [Symbol.dispose]: dispose };
}

describe("our scripts in place of redlock's", () => {
  it('are what takes a lease, and what redlock runs to extend and release it', async () => {
    await using own = await startOwnRedis();
    const clock = new ManualClock();
    await using backing = await openRedisBacking({ url: own.url, clock, leaseTtlMs: 9_000 });
    await backing.redis.script('FLUSH');
    const shas = (['leaseConversation', 'extendLock', 'releaseLock'] as const).map((name) =>
      createHash('sha1').update(texts[name]).digest('hex'),
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
    using script = openScript('acquireLock');
    expect(await script.run('mine', 5_000)).toBe(1);
    await script.redis.pexpire(script.resource, 1_000);
    expect(await script.run('mine', 5_000)).toBe(1);
    expect(await script.redis.pttl(script.resource)).toBeGreaterThan(1_000);
  });

  it('refuse a lease that another holds, and leave it as it is', async () => {
    using script = openScript('acquireLock');
    await script.run('theirs', 5_000);
    expect(await script.run('mine', 60_000)).toBe(0);
    expect(await script.redis.get(script.resource)).toBe('theirs');
    expect(await script.redis.pttl(script.resource)).toBeLessThanOrEqual(5_000);
  });

  it("extend neither another's lease nor one that has run out", async () => {
    using script = openScript('extendLock');
    expect(await script.run('mine', 5_000)).toBe(0);
    expect(await script.redis.exists(script.resource)).toBe(0);
    await script.redis.set(script.resource, 'theirs', 'PX', 5_000);
    expect(await script.run('mine', 60_000)).toBe(0);
    expect(await script.redis.pttl(script.resource)).toBeLessThanOrEqual(5_000);
    expect(await script.run('theirs', 60_000)).toBe(1);
    expect(await script.redis.pttl(script.resource)).toBeGreaterThan(5_000);
  });

  it("release nobody's lease but their own", async () => {
    using script = openScript('releaseLock');
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

describe("the lease script's note about its holder", () => {
  /** Runs the script as the server does, and returns whether it took the lease. */
  function openNoted() {
    const { redis, [Symbol.dispose]: dispose } = rawRedis(inject('redisUrl'));
    const prefix = freshPrefix();
    const keys = { lock: `${prefix}:lock`, holder: `${prefix}:holder` };
    const ticket = (name: string): string => `${prefix}:place:${name}:1`;
    return {
      redis,
      ...keys,
      ticket,
      acquire: async (token: string, name = token, ttlMs = 5_000) => {
        const names = [
          `${prefix}:state`,
          keys.lock,
          `${prefix}:log`,
          `${prefix}:turns`,
          keys.holder,
          `${prefix}:forgotten`,
        ];
        const load = ['60', '', '', '0', '0', '1000'];
        const wanted = [token, ticket(name), String(ttlMs)];
        const reply = await redis.eval(texts.leaseConversation, 6, ...names, ...load, ...wanted);
        return Array.isArray(reply) && reply[1] === token;
      },
      note: () => redis.hgetall(keys.holder),
      [Symbol.dispose]: dispose,
    };
  }

  it('stays as it is when the same request is sent again after a lost answer', async () => {
    using script = openNoted();
    expect(await script.acquire('mine')).toBe(true);
    const first = await script.note();
    expect(first).toMatchObject({ token: 'mine', place: script.ticket('mine'), stale: '0' });
    await script.redis.hset(script.holder, 'since', '1');
    expect(await script.acquire('mine')).toBe(true);
    expect(await script.note()).toEqual({ ...first, since: '1' });
    await script.redis.del(script.lock);
    expect(await script.acquire('next')).toBe(true);
    expect(await script.note()).toMatchObject({ token: 'next', stale: '1' });
    expect(await script.acquire('next')).toBe(true);
    expect(await script.note()).toMatchObject({ token: 'next', stale: '1' });
  });

  it('and takes the lease from nobody: sent again when another has it, it is refused and changes nothing', async () => {
    using script = openNoted();
    await script.acquire('mine');
    await script.redis.del(script.lock, script.holder);
    await script.acquire('theirs');
    const before = await script.note();
    expect(await script.acquire('mine')).toBe(false);
    expect(await script.note()).toEqual(before);
    expect(await script.redis.get(script.lock)).toBe('theirs');
  });

  it('is not touched by a caller that wants a lease kept for another', async () => {
    using script = openNoted();
    await script.redis.set(script.lock, script.ticket('called'), 'PX', 5_000);
    expect(await script.acquire('uncalled')).toBe(false);
    expect(await script.note()).toEqual({});
    expect(await script.acquire('token', 'called')).toBe(true);
    expect(await script.redis.get(script.lock)).toBe('token');
    expect(await script.acquire('another-token', 'called')).toBe(false);
  });
});

describe('the scripts of the queue, each sent twice as after a lost answer', () => {
  async function openDoubled() {
    const proxy = await startReplyEatingProxy(inject('redisUrl'));
    const backing = await openRedisBacking({ url: proxy.url, clock: systemClock });
    proxy.sendTwice(([command]) => /^eval(sha)?$/i.test(command ?? ''));
    const raw = rawRedis(inject('redisUrl'));
    const names = backing.keys.conversation(key);
    const enqueue = (ticket: QueueTicket) =>
      backing.leases.enqueue(key, ticket, {
        at: 'back',
        maxMs: 10_000,
        mostWaiting: 100,
        signal: new AbortController().signal,
      });
    return {
      ...backing,
      raw: raw.redis,
      names,
      enqueue,
      queue: () => raw.redis.zrange(names.waiting, '0', '-1'),
      owner: () => raw.redis.get(names.lock),
      nameOf: (ticket: QueueTicket) => backing.keys.ticket(key, ticket),
      [Symbol.asyncDispose]: async () => {
        raw[Symbol.dispose]();
        await backing[Symbol.asyncDispose]();
        await proxy[Symbol.asyncDispose]();
      },
    };
  }

  it('enqueue once, notify the first alone, and leave once', async () => {
    await using under = await openDoubled();
    const lease = await takeLease(under);
    const [first, second] = [newTicket('first'), newTicket('second')];
    const waits = [under.enqueue(first), under.enqueue(second)] as const;
    const calls = [];
    for (const [index, wait] of waits.entries()) {
      calls.push(wait.untilCalled());
      await vi.waitFor(async () => expect(await under.queue()).toHaveLength(index + 1));
    }
    expect(await under.queue()).toEqual([under.nameOf(first), under.nameOf(second)]);
    await lease.release(unheard);
    expect(await calls[0]).toBe('called');
    expect(await under.owner()).toBe(under.nameOf(first));
    expect(await under.queue()).toEqual([under.nameOf(second)]);
    // A notified caller that leaves hands the lease on, once.
    await waits[0].leave();
    expect(await calls[1]).toBe('called');
    expect(await under.owner()).toBe(under.nameOf(second));
    await waits[1].leave();
    expect(await under.owner()).toBeNull();
    expect(await under.queue()).toEqual([]);
  });

  it('interrupt the intended holder, and keep the lease for the interrupter', async () => {
    await using under = await openDoubled();
    const lease = await takeLease(under);
    const ticket = newTicket();
    await under.leases.interrupt(key, ticket, lease.token);
    expect(await under.owner()).toBe(under.nameOf(ticket));
    const acquired = await under.leases.acquire(key, ticket, justTheLease);
    if (acquired.kind === 'held') throw new Error('the lease was expected to be kept');
    await under.leases.interrupt(key, ticket, lease.token);
    expect(await under.owner()).toBe(acquired.lease.token);
    expect(await under.store.commit(key, turnCommit(lease.token, null))).toBe('interrupted');
    expect(await under.store.commit(key, turnCommit(acquired.lease.token, null))).toBe('committed');
    acquired.lease.stop();
  });

  it("release the lease once: not the next holder's", async () => {
    await using under = await openDoubled();
    const lease = await takeLease(under);
    const other = newTicket();
    const wait = under.enqueue(other);
    const called = wait.untilCalled();
    await vi.waitFor(async () => expect(await under.queue()).toHaveLength(1));
    await lease.release(unheard);
    expect(await called).toBe('called');
    const acquired = await under.leases.acquire(key, other, justTheLease);
    if (acquired.kind === 'held') throw new Error('the lease was expected to be kept');
    await lease.release(unheard);
    await wait.leave();
    expect(await under.owner()).toBe(acquired.lease.token);
    await acquired.lease.release(unheard);
    expect(await under.owner()).toBeNull();
  });
});
