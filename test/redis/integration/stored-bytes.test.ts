import fc from 'fast-check';
import { describe, expect, inject, it, vi } from 'vitest';
import { RedisConversationCount } from '../../../server/redis/limits/redis-conversation-count.ts';
import { StoredBytes } from '../../../server/redis/limits/stored-bytes.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { livesUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { aclRules, storedBytesRules } from '../../system/topologies/documented-acl.ts';
import { key } from '../store/sample-turns.ts';
import { openServer } from './open-server.ts';

const limits = { userStoredBytes: 1_000_000, tenantStoredBytes: 2_000_000 };
const lives = { lifeMs: 60_000, keysLifeMs: 120_000 };

/** Sizes over Redis, and conversations that are as large as the test says. */
async function openBytes(url = inject('redisUrl')) {
  const backing = await openRedisBacking({ url, limits });
  const { redis, [Symbol.dispose]: disconnect } = rawRedis(url);
  const { keys, prefix } = backing;
  const noLimit = { userTurnsPerMinute: null, tenantTurnsPerMinute: null, userConversations: null };
  const noPlaces = { userOpenWatches: null, tenantOpenWatches: null, userWaitingCalls: null };
  const given = {
    ...{ redis: backing.redis, keys },
    limits: { ...noLimit, ...noPlaces, tenantConversations: null, tenantWaitingCalls: null, ...limits },
  };
  const keyOf = (conversationId: string, user = key.user) => ({ ...key, user, conversationId });
  const usageOf = (user = key.user) => keys.usage(keyOf('any', user));
  return {
    ...{ raw: redis, prefix, keyOf, usageOf, usageLimits: backing.usageLimits },
    bytes: new StoredBytes(given),
    count: new RedisConversationCount({ ...given, ttlSeconds: 60, openingMaxMs: 1_000, clock: systemClock }),
    /** Stores a conversation of about so many bytes. */
    write: async (of: ReturnType<typeof keyOf>, size: number) => {
      await redis.set(keys.conversation(of).state, 'x'.repeat(size), 'EX', 60);
    },
    remove: async (of: ReturnType<typeof keyOf>) => {
      await redis.del(keys.conversation(of).state);
    },
    sizeOf: async (of: ReturnType<typeof keyOf>) =>
      (await redis.memory('USAGE', keys.conversation(of).state)) ?? 0,
    /** Lets the time pass after which a conversation counts no longer. */
    expire: async (of: ReturnType<typeof keyOf>) => {
      const { bytesOfUserUntil, bytesOfTenantUntil } = keys.usage(of);
      const { ofUser, ofTenant } = keys.countedNames(of);
      await redis.zadd(bytesOfUserUntil, 'XX', '1', ofUser);
      await redis.zadd(bytesOfTenantUntil, 'XX', '1', ofTenant);
    },
    sums: async (user = key.user) => {
      const { bytesOfUser, bytesOfTenant } = usageOf(user);
      const [ofUser, ofTenant] = await Promise.all(
        [bytesOfUser, bytesOfTenant].map((sizes) => redis.hget(sizes, '{sum}')),
      );
      return { ofUser: Number(ofUser), ofTenant: Number(ofTenant) };
    },
    [Symbol.asyncDispose]: async () => {
      disconnect();
      await backing[Symbol.asyncDispose]();
    },
  };
}

describe('the bytes that are counted', () => {
  it('are the sum of the stored conversations, after any mix of commits, purges and expiries', async () => {
    await using test = await openBytes();
    const op = fc.record({
      kind: fc.constantFrom('commit', 'commit', 'purge', 'expire'),
      user: fc.constantFrom('ann', 'b:en'),
      conversationId: fc.constantFrom('a', 'a:b', '{sum}', '%7Bsum%7D'),
      size: fc.integer({ min: 0, max: 50_000 }),
    });
    const users = ['ann', 'b:en'];
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 12 }), async (ops) => {
        for (const { kind, user, conversationId, size } of ops) {
          const of = test.keyOf(conversationId, user);
          if (kind === 'commit') {
            await test.write(of, size);
            await test.bytes.count(of, lives);
          } else {
            await test.remove(of);
            if (kind === 'purge') test.bytes.forget(of, lives);
            else await test.expire(of);
          }
        }
        // Any later count takes out those that have expired; this one is of a conversation that is not there.
        for (const user of users) await test.bytes.count(test.keyOf('none', user), lives);
        const sizes = await Promise.all(
          users.map(async (user) => {
            const ids = ['a', 'a:b', '{sum}', '%7Bsum%7D'];
            const each = await Promise.all(ids.map((id) => test.sizeOf(test.keyOf(id, user))));
            return each.reduce((sum, size) => sum + size, 0);
          }),
        );
        const [ann = 0, ben = 0] = sizes;
        expect(await test.sums('ann')).toEqual({ ofUser: ann, ofTenant: ann + ben });
        expect(await test.sums('b:en')).toEqual({ ofUser: ben, ofTenant: ann + ben });
      }),
      { numRuns: 25 },
    );
  });

  it('are counted anew where Redis lost one of their keys, or holds another type of value', async () => {
    await using test = await openBytes();
    const { bytesOfUser, bytesOfUserUntil, bytesOfTenant } = test.usageOf();
    const [one, other] = [test.keyOf('one'), test.keyOf('other')];
    await test.write(one, 5_000);
    await test.write(other, 7_000);
    const losses = [
      async () => test.raw.del(bytesOfUser),
      async () => test.raw.del(bytesOfUserUntil),
      async () => test.raw.set(bytesOfUser, 'foreign'),
      async () => test.raw.set(bytesOfUserUntil, 'foreign'),
    ];
    for (const lose of losses) {
      for (const of of [one, other]) await test.bytes.count(of, lives);
      expect((await test.sums()).ofUser).toBe((await test.sizeOf(one)) + (await test.sizeOf(other)));
      await lose();
      await test.bytes.count(other, lives);
      expect((await test.sums()).ofUser).toBe(await test.sizeOf(other));
    }
    // Nothing was lost of the tenant's.
    expect(await test.raw.hlen(bytesOfTenant)).toBe(3);
  });

  it('expire, and share the hash slot of the tenant', async () => {
    await using test = await openBytes();
    await test.write(key, 100);
    await test.bytes.count(key, lives);
    const counted = Object.entries(await livesUnder(test.raw, test.prefix)).filter(([name]) =>
      name.includes(':usage:'),
    );
    expect(counted).toHaveLength(4);
    for (const [name, life] of counted) {
      expect(name).toContain(`:{${key.tenant}}:`);
      expect(life).toBeGreaterThan(60_000);
    }
  });

  it('are of every turn in the transcript, also where the first ones were short', async () => {
    await using server = await openServer({ limits });
    void server.agent.answerAll();
    const say = async (turnId: string, length: number) =>
      server.turn(turnId, { input: { type: 'text', text: 'y'.repeat(length) } });
    // By default Redis measures the first five nodes of a stream, and these turns fill one each.
    for (let turn = 0; turn < 6; turn += 1) await say(`short-${turn}`, 2_200);
    for (let turn = 0; turn < 8; turn += 1) await say(`long-${turn}`, 7_900);
    await using test = await openRedisBacking({ url: server.url, prefix: server.prefix });
    const { bytesOfUser } = test.keys.usage(key);
    await vi.waitFor(async () =>
      expect(Number(await server.raw.hget(bytesOfUser, '{sum}'))).toBeGreaterThan(8 * 7_900),
    );
  });

  it('leave with a purge, though Redis is full', async () => {
    await using own = await startOwnRedis();
    await using test = await openBytes(own.url);
    await test.write(key, 50_000);
    await test.bytes.count(key, lives);
    await test.raw.config('SET', 'maxmemory', '1');
    await test.remove(key);
    test.count.notePurged(key);
    await vi.waitFor(async () => expect(await test.sums()).toEqual({ ofUser: 0, ofTenant: 0 }));
  });

  it('refuse turns where the ACL user may not measure, until it may', async () => {
    await using own = await startOwnRedis();
    using raw = rawRedis(own.url);
    const user = async (...rules: string[]) => raw.redis.call('ACL', 'SETUSER', 'turnkeeper', ...rules);
    await user('on', '>secret', ...aclRules.split(' '), ...storedBytesRules.split(' '), '-memory|usage');
    const url = own.url.replace(/\/\/[^@]*@/, '//turnkeeper:secret@');
    await using server = await openServer({ url, prefix: 'tk', limits });
    void server.agent.answerAll();
    await server.turn('first');
    const other = (conversationId: string) =>
      server.turn('first', { key: { ...key, conversationId } }).then(
        () => 'answered',
        (error: unknown) =>
          error instanceof Error && error.cause instanceof Error ? error.cause.message : 'refused',
      );
    await vi.waitFor(async () =>
      expect(await other(crypto.randomUUID())).toBe(
        "Redis answered NOPERM: its ACL user may not run the command 'memory|usage'",
      ),
    );
    await user('+memory|usage');
    expect(await other('now')).toBe('answered');
  });
});

describe('what is counted', () => {
  it('goes on counting while nothing but failing turns keeps the conversation alive', async () => {
    const given = { ...limits, userConversations: 5 };
    await using first = await openServer({ limits: given });
    void first.agent.answerAll();
    await first.turn('first');
    await using test = await openRedisBacking({ url: first.url, prefix: first.prefix });
    const { conversationsOfUser, bytesOfUserUntil } = test.keys.usage(key);
    const sets = [conversationsOfUser, bytesOfUserUntil];
    await vi.waitFor(async () => {
      for (const set of sets) expect(await first.raw.zcard(set)).toBe(1);
    });
    // Almost a day later, another server runs a turn whose agent fails.
    await using later = await openServer({ prefix: first.prefix, limits: given });
    for (const set of sets) await first.raw.zadd(set, String(Date.now() + 60_000), 'conversation');
    const failing = later.turn('second');
    (await later.agent.question()).fail();
    await expect(failing).rejects.toMatchObject({ reason: 'AGENT_FAILED' });
    await vi.waitFor(async () => {
      for (const set of sets)
        expect(Number(await first.raw.zscore(set, 'conversation'))).toBeGreaterThan(Date.now() + 86_000_000);
    });
  });
});
