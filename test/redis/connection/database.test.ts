import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { WatchEvent } from '../../../client-sdk/src/index.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { nextOf } from '../client-sdk/open-watched.ts';
import { text } from '../contract/sample-workflows.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { keysUnder, rawRedis } from '../../support/raw-redis.ts';
import { startRedisSentinel } from '../../support/redis-sentinel.ts';
import { startTestServer } from '../../support/running-server.ts';

type Server = Awaited<ReturnType<typeof startTestServer>>;

const turn = ({ url }: Server, conversationId = 'd1', turnId = 't1') =>
  post(url, 'workflow.turn', { conversationId, workflowId: 'survey', turnId, input: text('go on') });

const statusOf = async ({ url }: Server, path: string) => (await fetch(url + path)).status;

/** Returns the databases of a Redis that hold keys, as INFO names them. */
async function usedDatabases(url: string): Promise<string[]> {
  using raw = rawRedis(url);
  return (await raw.redis.info('keyspace')).match(/^db\d+/gm) ?? [];
}

/**
 * Expects that a server whose database can't be selected serves nothing, writes no key anywhere, and reports the
 * reason.
 */
async function expectNoDatabase(redisUrl: string, db: number, server: Server): Promise<void> {
  const refused = await turn(server);
  expect([refused.status, refused.error?.data.reason]).toEqual([503, 'STATE_STORE_UNAVAILABLE']);
  expect((await query(server.url, 'workflow.list', {})).status).toBe(503);
  expect(await statusOf(server, '/readyz')).toBe(503);
  expect(server.store.trouble).toContain(`database ${db} can't be selected`);
  const told = server.logLines.filter((line) => line.includes('"event":"store.unreachable"'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`database ${db} can't be selected`);
  expect(await usedDatabases(redisUrl)).toEqual([]);
}

describe('a database that can not be selected', () => {
  it.each([16, 9999])('because there is no number %i: the server is unavailable', async (db) => {
    await using redis = await startOwnRedis();
    await using server = await startTestServer({ env: { REDIS_URL: `${redis.url}/${db}` } });
    await expectNoDatabase(redis.url, db, server);
  });

  it.each([
    ['Redis has only one', ['databases 1'], 1],
    ['SELECT is renamed', ['rename-command SELECT ""'], 2],
  ])('because %s: the server is unavailable', async (_, extraConfig, db) => {
    await using redis = await startOwnRedis({ extraConfig });
    await using server = await startTestServer({ env: { REDIS_URL: `${redis.url}/${db}` } });
    await expectNoDatabase(redis.url, db, server);
  });

  it('because the ACL user may not: the server is unavailable, and goes on once it may', async () => {
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    await raw.redis.acl('SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-select');
    const REDIS_URL = `redis://app:secret@127.0.0.1:${redis.port}/2`;
    await using server = await startTestServer({ env: { REDIS_URL } });
    await expectNoDatabase(redis.url, 2, server);
    await raw.redis.acl('SETUSER', 'app', '+select');
    server.agent.willAnswer({ text: 'one' });
    await vi.waitFor(async () => expect((await turn(server)).status).toBe(200), { timeout: 10_000 });
    expect(await usedDatabases(redis.url)).toEqual(['db2']);
  });

  it('any more, after a reconnect: the server becomes unavailable', async () => {
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    await raw.redis.acl('SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all');
    const REDIS_URL = `redis://app:secret@127.0.0.1:${redis.port}/2`;
    await using server = await startTestServer({ env: { REDIS_URL } });
    server.agent.willAnswer({ text: 'one' });
    expect((await turn(server)).status).toBe(200);
    await raw.redis.acl('SETUSER', 'app', '-select');
    await raw.redis.client('KILL', 'USER', 'app');
    await vi.waitFor(async () => expect(await statusOf(server, '/readyz')).toBe(503));
    for (let call = 0; call < 5; call += 1) expect((await turn(server, `other-${call}`)).status).toBe(503);
    expect(await usedDatabases(redis.url)).toEqual(['db2']);
  });

  it('by one of two servers: it reads and purges nothing of the other', async () => {
    await using redis = await startOwnRedis();
    const REDIS_PREFIX = 'shared';
    await using inZero = await startTestServer({ env: { REDIS_URL: `${redis.url}/0`, REDIS_PREFIX } });
    await using inTwenty = await startTestServer({ env: { REDIS_URL: `${redis.url}/20`, REDIS_PREFIX } });
    inZero.agent.willAnswer({ text: 'one' });
    await turn(inZero);
    const purge = { conversationId: 'd1', outcome: 'cancelled', purge: true };
    expect((await turn(inTwenty)).status).toBe(503);
    expect((await post(inTwenty.url, 'workflow.end', purge)).status).toBe(503);
    expect((await query(inTwenty.url, 'workflow.get', { conversationId: 'd1' })).status).toBe(503);
    const kept = await query(inZero.url, 'workflow.get', { conversationId: 'd1' });
    expect(kept.data).toMatchObject({ workflowState: { turnCount: 1 } });
  });

  it('by the masters of a quorum: no lease is granted in another one', async () => {
    await using first = await startOwnRedis();
    await using second = await startOwnRedis();
    await using third = await startOwnRedis();
    await using state = await startOwnRedis();
    const masters = [first, second, third];
    const REDIS_LOCK_URLS = masters.map(({ url }) => `${url}/16`).join(',');
    const env = { REDIS_URL: state.url, REDIS_LOCK_URLS };
    const agent = new HeldAgent();
    await using server = await startTestServer({ env, agent });
    expect((await turn(server)).status).toBe(503);
    expect(agent.asked).toBe(0);
    for (const { url } of masters) expect(await usedDatabases(url)).toEqual([]);
  });
});

describe('a database that can be selected', () => {
  it('holds all that is stored', async () => {
    await using redis = await startOwnRedis();
    await using server = await startTestServer({ env: { REDIS_URL: `${redis.url}/15` } });
    server.agent.willAnswer({ text: 'one' });
    expect((await turn(server)).status).toBe(200);
    expect(await usedDatabases(redis.url)).toEqual(['db15']);
  });

  it('has its own watch messages: databases do not share them', async () => {
    await using redis = await startOwnRedis();
    const REDIS_PREFIX = 'shared';
    const agent = new HeldAgent();
    await using inZero = await startTestServer({ env: { REDIS_URL: redis.url, REDIS_PREFIX } });
    await using inOne = await startTestServer({ env: { REDIS_URL: `${redis.url}/1`, REDIS_PREFIX }, agent });
    inZero.agent.willAnswer({ text: 'first of zero' }, { text: 'second of zero' });
    const conversation = createTurnkeeperClient({ url: inZero.url }).conversation('survey', 'same');
    await conversation.turn('one');
    const begun = turn(inOne, 'same');
    (await agent.question()).answer();
    await begun;
    const events = conversation.watch()[Symbol.asyncIterator]();
    await nextOf(events, 'watch.started');
    using raw = rawRedis(redis.url);
    const key = { tenant: 'local', user: 'local', conversationId: 'same' };
    await raw.redis.ssubscribe(new KeyBuilder(REDIS_PREFIX, 1).conversation(key).feed);
    const told = once(raw.redis, 'smessage');
    const elsewhere = turn(inOne, 'same', 'of-one');
    const question = await agent.question();
    // By then the watchers in the other database have learnt that a turn has started there.
    await told;
    const here = conversation.turn('two', { turnId: 'of-zero' });
    const seen: WatchEvent[] = [];
    while (seen.at(-1)?.type !== 'turn.committed')
      seen.push(await nextOf(events, 'turn.started', 'turn.committed'));
    expect(JSON.stringify(seen)).not.toContain('of-one');
    question.answer();
    await Promise.all([here, elsewhere]);
    await events.return?.();
  });
});

describe('the database of a primary behind Sentinel', () => {
  let sentinel: Awaited<ReturnType<typeof startRedisSentinel>>;
  beforeAll(async () => {
    sentinel = await startRedisSentinel();
  });
  afterAll(() => sentinel[Symbol.asyncDispose]());

  it('is the one of the URL', async () => {
    const REDIS_URL = `${sentinel.env.REDIS_URL}/3`;
    await using server = await startTestServer({ env: { ...sentinel.env, REDIS_URL } });
    server.agent.willAnswer({ text: 'one' });
    expect((await turn(server)).status).toBe(200);
    using raw = rawRedis(sentinel.primary.url);
    expect(await keysUnder(raw.redis, server.settings.redisPrefix)).toEqual([]);
    await raw.redis.select(3);
    expect(await keysUnder(raw.redis, server.settings.redisPrefix)).not.toEqual([]);
  });

  it('is no other where there is none of its number', async () => {
    const REDIS_URL = `${sentinel.env.REDIS_URL}/16`;
    await using server = await startTestServer({ env: { ...sentinel.env, REDIS_URL } });
    expect((await turn(server)).status).toBe(503);
    expect(server.store.trouble).toContain("database 16 can't be selected");
    using raw = rawRedis(sentinel.primary.url);
    expect(await keysUnder(raw.redis, server.settings.redisPrefix)).toEqual([]);
  });
});
