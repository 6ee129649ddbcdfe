import { describe, expect, inject, it, vi } from 'vitest';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { isTurnkeeperError } from '../../../server/testing/index.ts';
import { freshPrefix, keysUnder, livesUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { key } from '../store/sample-turns.ts';
import { AttendedAgent } from './attended-agent.ts';
import { openServer } from './open-server.ts';

const limits = { userTurnsPerMinute: 3, tenantTurnsPerMinute: 5 };

/** Limits over Redis, and a plain connection to it. */
async function openLimits(given: Parameters<typeof openRedisBacking>[0]['limits'] = limits) {
  const backing = await openRedisBacking({ url: inject('redisUrl'), limits: given });
  const { redis, [Symbol.dispose]: disconnect } = rawRedis(inject('redisUrl'));
  const { usageLimits, prefix } = backing;
  if (usageLimits === null) throw new Error('the limits are set');
  return {
    raw: redis,
    prefix,
    usageLimits,
    keys: backing.keys.usage(key),
    /** Counts turns of the user at these times. */
    age: (tickets: Readonly<Record<string, number>>) =>
      redis.call(
        'ZADD',
        backing.keys.usage(key).turnsOfUser,
        ...Object.entries(tickets).flatMap(([ticket, at]) => [String(at), ticket]),
      ),
    admit: async (id: string) => (await usageLimits.admitTurn({ key, id })).refusal,
    [Symbol.asyncDispose]: async () => {
      disconnect();
      await backing[Symbol.asyncDispose]();
    },
  };
}

async function nowOf(redis: ReturnType<typeof rawRedis>['redis']): Promise<number> {
  const [seconds] = await redis.time();
  return Number(seconds) * 1000;
}

describe('turns a minute on several servers', () => {
  it('are never more than the limit, however many begin at once', async () => {
    const prefix = freshPrefix();
    const agent = new AttendedAgent();
    void agent.answerAll();
    const shared = { prefix, agent, limits: { userTurnsPerMinute: 7 } };
    await using one = await openServer(shared);
    await using other = await openServer(shared);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        (index % 2 === 0 ? one : other).turn('first', { key: { ...key, conversationId: `c${index}` } }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.every(({ reason }) => isTurnkeeperError(reason, 'RATE_LIMITED'))).toBe(true);
    expect(agent.asked).toHaveLength(7);
  });

  it('let the running turn, sent again, wait for its result, though the limit is reached', async () => {
    await using server = await openServer({ limits: { userTurnsPerMinute: 1 } });
    const running = server.turn('once');
    const question = await server.agent.question();
    const again = server.turn('once');
    await server.untilWaiting(1);
    question.answer();
    await running;
    expect(await again).toMatchObject({ replayed: true, turn: { number: 1 } });
  });

  it('do not count a turn that was refused for another, and give the lease back for one that was limited', async () => {
    await using server = await openServer({ limits: { userTurnsPerMinute: 2 } });
    const running = server.turn('running');
    const question = await server.agent.question();
    for (const turnId of ['a', 'b', 'c']) {
      await expect(server.turn(turnId)).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    }
    question.answer();
    await running;
    const next = server.turn('next');
    (await server.agent.question()).answer();
    await next;
    await expect(server.turn('limited')).rejects.toMatchObject({ reason: 'RATE_LIMITED' });
    expect(await server.raw.exists(server.keys.lock, server.keys.holder)).toBe(0);
    await server.end();
  });
});

describe('the counts in Redis', () => {
  it('count a request that is sent again after a lost reply once', async () => {
    await using test = await openLimits();
    for (const id of ['a', 'a', 'a', 'b', 'c', 'c']) expect(await test.admit(id)).toBeNull();
    expect(await test.admit('d')).toMatchObject({ resource: 'turns', of: 'user', most: 3 });
  });

  it('count for user and tenant, or for neither', async () => {
    await using test = await openLimits();
    for (const id of ['a', 'b', 'c', 'd']) await test.admit(id);
    expect(await test.raw.zcard(test.keys.turnsOfTenant)).toBe(3);
    test.usageLimits.takeBack({ key, id: 'a' });
    expect(await test.admit('e')).toBeNull();
    expect(await test.raw.zrange(test.keys.turnsOfUser, '0', '-1')).toEqual(['b', 'c', 'e']);
    expect(await test.raw.zrange(test.keys.turnsOfTenant, '0', '-1')).toEqual(['b', 'c', 'e']);
  });

  it('forget each turn after a minute of Redis, and say when that is', async () => {
    await using test = await openLimits({ userTurnsPerMinute: 2 });
    const now = await nowOf(test.raw);
    await test.age({ old: now - 61_000, a: now - 40_000, b: now - 10_000 });
    const refusal = await test.admit('c');
    // Redis's clock is up to a second after the whole second, and goes on.
    expect(refusal?.retryAfterMs).toBeGreaterThan(0);
    expect(refusal?.retryAfterMs).toBeLessThanOrEqual(20_000);
    expect(await test.raw.zrange(test.keys.turnsOfUser, '0', '-1')).toEqual(['a', 'b']);
  });

  it('say when there is room, also after the limit was lowered', async () => {
    await using test = await openLimits({ userTurnsPerMinute: 1 });
    const now = await nowOf(test.raw);
    await test.age({ a: now - 50_000, b: now - 1_000 });
    expect((await test.admit('c'))?.retryAfterMs).toBeGreaterThan(50_000);
  });

  it('do not keep anybody out for what a clock counted that was set back since', async () => {
    await using test = await openLimits({ userTurnsPerMinute: 1 });
    await test.age({ ahead: (await nowOf(test.raw)) + 3_600_000 });
    expect(await test.admit('a')).toBeNull();
  });

  it('make way for themselves where another type of value is stored', async () => {
    await using test = await openLimits();
    await test.raw.set(test.keys.turnsOfUser, 'foreign');
    expect(await test.admit('a')).toBeNull();
  });

  it('expire, in one hash slot, and exist only for limits that are set', async () => {
    await using test = await openLimits({ tenantTurnsPerMinute: 5 });
    await test.admit('a');
    expect(await keysUnder(test.raw, test.prefix)).toEqual([test.keys.turnsOfTenant]);
    for (const life of Object.values(await livesUnder(test.raw, test.prefix))) {
      expect(life).toBeGreaterThan(0);
      expect(life).toBeLessThanOrEqual(60_000);
    }
    expect(test.keys.turnsOfUser).toContain(`:{${key.tenant}}:`);
    expect(test.keys.turnsOfTenant).toContain(`:{${key.tenant}}:`);
  });
});

describe('conversations on several servers', () => {
  it('are never more than the limit, however many are opened at once', async () => {
    const prefix = freshPrefix();
    const agent = new AttendedAgent();
    void agent.answerAll();
    const shared = { prefix, agent, limits: { userConversations: 5, tenantConversations: 50 } };
    await using one = await openServer(shared);
    await using other = await openServer(shared);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).turn('first', { key: { ...key, conversationId: `c${index}` } }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(agent.asked).toHaveLength(5);
  });

  it('count for as long as they live: from the commit, and again from every read', async () => {
    await using server = await openServer({ limits: { userConversations: 5, tenantConversations: 50 } });
    const { conversationsOfUser, conversationsOfTenant } = new KeyBuilder(server.prefix).usage(key);
    const livesFor = async (set: string, name: string) =>
      Number(await server.raw.zscore(set, name)) - (await nowOf(server.raw));
    const opening = server.turn('first');
    const question = await server.agent.question();
    // A server that dies now leaves a place that is free again after the longest opening.
    expect(await livesFor(conversationsOfUser, 'conversation')).toBeLessThan(200_000);
    question.answer();
    await opening;
    await vi.waitFor(async () =>
      expect(await livesFor(conversationsOfUser, 'conversation')).toBeGreaterThan(86_000_000),
    );
    expect(await livesFor(conversationsOfTenant, 'user:conversation')).toBeGreaterThan(86_000_000);
    await server.raw.del(conversationsOfUser);
    await using later = await openServer({ prefix: server.prefix, limits: { userConversations: 5 } });
    await later.get();
    await vi.waitFor(async () =>
      expect(await livesFor(conversationsOfUser, 'conversation')).toBeGreaterThan(86_000_000),
    );
  });

  it('leave the count when their time has passed, and can go on where the count has lost them', async () => {
    await using server = await openServer({ limits: { userConversations: 1 } });
    const { conversationsOfUser } = new KeyBuilder(server.prefix).usage(key);
    void server.agent.answerAll();
    await server.turn('first');
    await vi.waitFor(async () => expect(await server.raw.zcard(conversationsOfUser)).toBe(1));
    await server.raw.del(conversationsOfUser);
    const now = await nowOf(server.raw);
    await server.raw.zadd(conversationsOfUser, String(now + 60_000), 'another');
    expect((await server.turn('second')).turn.number).toBe(2);
    await server.raw.zadd(conversationsOfUser, String(now - 1), 'another');
    await server.raw.zrem(conversationsOfUser, 'conversation');
    const other = { key: { ...key, conversationId: 'other' } };
    expect((await server.turn('first', other)).turn.number).toBe(1);
  });
});

describe('a conversation that is purged while a turn waits for it', () => {
  it('needs a place of its own when the turn opens it again', async () => {
    await using server = await openServer({ limits: { userConversations: 1 } });
    const opening = server.turn('first');
    const question = await server.agent.question();
    const purged = server.end({ purge: true, whenBusy: 'wait' });
    await server.untilWaiting(1);
    const again = server.turn('again', { whenBusy: 'wait' });
    await server.untilWaiting(2);
    question.answer();
    await opening;
    await purged;
    const second = await server.agent.question();
    const other = server.turn('first', { key: { ...key, conversationId: 'other' } });
    await expect(other).rejects.toMatchObject({ reason: 'RATE_LIMITED' });
    second.answer();
    expect((await again).turn.number).toBe(1);
  });

  it('needs one too where the purge is counted late, which leaves the new place alone', async () => {
    const limits = { userConversations: 1 };
    await using test = await openLimits(limits);
    await using counted = await openServer({ prefix: test.prefix, limits });
    void counted.agent.answerAll();
    await counted.turn('first');
    await vi.waitFor(async () =>
      expect(await test.usageLimits.admitTurn({ key, id: 'a' })).toMatchObject({ countsAsStored: true }),
    );
    const other = { key: { ...key, conversationId: 'other' }, id: 'b' };
    const refused = { openingRefusal: { resource: 'conversations', most: 1 } };
    // A turn finds that nothing is stored, before the count does.
    expect((await test.usageLimits.admitTurn({ key, id: 'a' }, { opens: true })).openingRefusal).toBeNull();
    await counted.end({ purge: true });
    // Its connection has told the count by now.
    await expect(counted.get()).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' });
    expect(await test.usageLimits.admitTurn(other)).toMatchObject(refused);
    expect(await test.raw.zrange(test.keys.conversationsOfUser, '0', '-1')).toEqual(['conversation']);
  });
});

describe('the list of conversations', () => {
  it('keeps no name of a conversation that a call could not open, so that limits bound it, too', async () => {
    await using server = await openServer({ limits: { userConversations: 1 } });
    const list = new KeyBuilder(server.prefix).conversations(key);
    const opens = (conversationId: string, more = {}) =>
      server.turn('first', { key: { ...key, conversationId }, ...more });
    const failing = opens('failing');
    (await server.agent.question()).fail();
    await expect(failing).rejects.toMatchObject({ reason: 'AGENT_FAILED' });
    await expect(opens('failing', { workflowId: 'none' })).rejects.toMatchObject({
      reason: 'UNKNOWN_WORKFLOW',
    });
    const opening = server.turn('first', { key: { ...key, conversationId: 'failing' } });
    (await server.agent.question()).answer();
    await opening;
    for (const id of ['a', 'b', 'c'])
      await expect(opens(id)).rejects.toMatchObject({ reason: 'RATE_LIMITED' });
    await vi.waitFor(async () => expect(await server.raw.zrange(list, '0', '-1')).toEqual(['failing']));
  });
});

describe('places that users hold', () => {
  const given = { userOpenWatches: 2, tenantOpenWatches: 3 };
  const place = (id: string, user = key.user) => ({
    resource: 'openWatches' as const,
    key: { ...key, user },
    id,
    lifeMs: 60_000,
  });

  it('are held for user and tenant, or for neither, on all servers together', async () => {
    await using test = await openLimits(given);
    await using other = await openRedisBacking({
      url: inject('redisUrl'),
      prefix: test.prefix,
      limits: given,
    });
    const take = (id: string, user?: string) => test.usageLimits.takePlace(place(id, user));
    expect(await take('a')).toBeNull();
    expect(await other.usageLimits?.takePlace(place('b'))).toBeNull();
    expect(await take('a')).toBeNull();
    expect(await take('c')).toMatchObject({ resource: 'openWatches', of: 'user', most: 2 });
    expect(await take('c', 'ben')).toBeNull();
    expect(await take('d', 'ben')).toMatchObject({ of: 'tenant', most: 3 });
    other.usageLimits?.leavePlace(place('b'));
    await vi.waitFor(async () => expect(await take('d', 'ben')).toBeNull());
  });

  it('are free after their time, as those of a server that died, unless their holder renews them', async () => {
    await using test = await openLimits({ userOpenWatches: 1 });
    const { ofUser } = new KeyBuilder(test.prefix).places(key, 'openWatches');
    const now = await nowOf(test.raw);
    await test.raw.zadd(ofUser, String(now - 1), 'dead');
    expect(await test.usageLimits.takePlace(place('a'))).toBeNull();
    expect(await test.raw.zrange(ofUser, '0', '-1')).toEqual(['a']);
    test.usageLimits.renewPlace(place('b'));
    await vi.waitFor(async () => expect(await test.raw.zcard(ofUser)).toBe(2));
    const life = await test.raw.pttl(ofUser);
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(60_000);
  });
});
