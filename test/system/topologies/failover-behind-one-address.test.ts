import { describe, expect, it, vi } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { nextOf } from '../../redis/client-sdk/open-watched.ts';
import { text } from '../../redis/contract/sample-workflows.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { livesUnder, rawRedis } from '../../support/raw-redis.ts';
import { startRedisBehindFront } from '../../support/proxy/redis-front.ts';
import { startTestServer } from '../../support/running-server.ts';

type Server = Awaited<ReturnType<typeof startTestServer>>;

/** Callers must retry for some seconds, and a little longer on a busy machine. */
const recovery = { timeout: 15_000, interval: 250 };

const turn = ({ url }: Server, turnId: string) =>
  post(url, 'workflow.turn', { conversationId: 'c', workflowId: 'survey', turnId, input: text('go on') });

const get = ({ url }: Server) => query(url, 'workflow.get', { conversationId: 'c' });

/** Repeats a call that is refused for now, as clients do. */
async function untilDone<Answer extends Awaited<ReturnType<typeof post>>>(call: () => Promise<Answer>) {
  return vi.waitFor(async () => {
    const answer = await call();
    if (answer.status !== 200) expect([409, 503]).toContain(answer.status);
    expect(answer.status, JSON.stringify(answer.error)).toBe(200);
    return answer;
  }, recovery);
}

async function startServer(url: string, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  return startTestServer({ env: { REDIS_URL: url, ...env } });
}

describe.each([
  ['', {}],
  [', with commits that wait for a replica', { REDIS_WAIT_REPLICAS: '1' }],
])('a failover behind one address, which leaves old connections open to the old primary%s', (_, env) => {
  it('is followed: turns go on with the same turn id, once each', async () => {
    await using redis = await startRedisBehindFront();
    await using server = await startServer(redis.url, env);
    // Commits have a connection of their own, which may follow later than the lease's: then the agent was asked in
    // vain.
    server.agent.willAnswer(
      ...Array.from({ length: 1_000 }, (_each, index) => ({ text: `Answer ${index}.` })),
    );
    await untilDone(() => turn(server, 't1'));
    await redis.failOver();
    const second = await untilDone(() => turn(server, 't2'));
    expect(second.data).toMatchObject({ turn: { number: 2 } });
    expect((await turn(server, 't2')).data).toMatchObject({ replayed: true, turn: { number: 2 } });
    expect((await turn(server, 't1')).data).toMatchObject({ replayed: true, turn: { number: 1 } });
    const { data } = await get(server);
    expect(data).toMatchObject({ workflowState: { turnCount: 2 } });
  });
});

describe('a failover behind one address', () => {
  it('is followed by reading alone, and by ending', async () => {
    await using redis = await startRedisBehindFront();
    await using server = await startServer(redis.url);
    server.agent.willAnswer({ text: 'one' });
    await turn(server, 't1');
    await redis.failOver();
    expect((await untilDone(() => get(server))).data).toMatchObject({ workflowState: { turnCount: 1 } });
    const end = { conversationId: 'c', outcome: 'cancelled' };
    const ended = await untilDone(() => post(server.url, 'workflow.end', end));
    expect(ended.data).toMatchObject({ workflowState: { status: 'ended' } });
  });

  it('is followed by a get alone, and the conversation then lives its full life again', async () => {
    await using redis = await startRedisBehindFront();
    await using server = await startServer(redis.url);
    server.agent.willAnswer({ text: 'one' });
    await turn(server, 't1');
    await redis.failOver();
    using promoted = rawRedis(redis.replica.url);
    const lives = () => livesUnder(promoted.redis, server.settings.redisPrefix);
    const nearlyOverMs = 1_000_000;
    const aged = Object.keys(await lives()).filter((name) => !name.endsWith(':conversations'));
    for (const name of aged) await promoted.redis.pexpire(name, nearlyOverMs);
    await vi.waitFor(async () => {
      // The old primary can still be read.
      expect([200, 503]).toContain((await get(server)).status);
      const now = await lives();
      for (const name of aged) expect(now[name], name).toBeGreaterThan(nearlyOverMs);
    }, recovery);
  });

  it('is followed by a server on which people only watch', async () => {
    await using redis = await startRedisBehindFront();
    await using watched = await startServer(redis.url);
    const { redisPrefix } = watched.settings;
    await using other = await startServer(redis.replica.url, { REDIS_PREFIX: redisPrefix });
    watched.agent.willAnswer({ text: 'one' });
    await turn(watched, 't1');
    const watching = createTurnkeeperClient({ url: watched.url }).conversation('survey', 'c').watch();
    const events = watching[Symbol.asyncIterator]();
    await nextOf(events, 'watch.started');
    const connections = redis.front.accepted();
    await redis.failOver();
    other.agent.willAnswer({ text: 'two' }, { text: 'three' });
    expect((await turn(other, 't2')).status).toBe(200);
    // The old primary gets the new primary's messages, because it is its replica.
    expect(await nextOf(events, 'turn.committed')).toMatchObject({ turn: { number: 2 } });
    // Both connections are made again; a third one checked which server is at the address.
    await vi.waitFor(() => expect(redis.front.accepted()).toBeGreaterThanOrEqual(connections + 3));
    await redis.isolateOldPrimary();
    expect((await turn(other, 't3')).status).toBe(200);
    expect(await nextOf(events, 'turn.committed')).toMatchObject({ turn: { number: 3 } });
    await events.return?.();
  });

  it('is followed back again', async () => {
    await using redis = await startRedisBehindFront();
    await using server = await startServer(redis.url);
    server.agent.willAnswer({ text: 'one' }, { text: 'two' }, { text: 'three' });
    await turn(server, 't1');
    await redis.failOver();
    await untilDone(() => turn(server, 't2'));
    await redis.failBack();
    expect((await untilDone(() => turn(server, 't3'))).data).toMatchObject({ turn: { number: 3 } });
    expect(server.agent.requests).toHaveLength(3);
  });

  it('is invisible to the client, and to watchers', async () => {
    await using redis = await startRedisBehindFront();
    await using server = await startServer(redis.url);
    const client = createTurnkeeperClient({ url: server.url });
    const conversation = client.conversation('survey');
    server.agent.willAnswer({ text: 'one' }, { text: 'two' }, { text: 'three' });
    await conversation.turn('one');
    const events = conversation.watch()[Symbol.asyncIterator]();
    await nextOf(events, 'watch.started');
    await redis.failOver();
    expect((await conversation.turn('two')).turn.number).toBe(2);
    expect(await nextOf(events, 'turn.committed')).toMatchObject({ turn: { number: 2 } });
    // The old primary is gone for good by now: a connection still subscribed to it would get none of this.
    await redis.primary.stop();
    expect((await conversation.turn('three')).turn.number).toBe(3);
    expect(await nextOf(events, 'turn.committed')).toMatchObject({ turn: { number: 3 } });
    await events.return?.();
  });

  it('is followed by the leases of a quorum too', async () => {
    await using first = await startRedisBehindFront();
    await using second = await startRedisBehindFront();
    await using third = await startOwnRedis();
    await using state = await startOwnRedis();
    const REDIS_LOCK_URLS = [first.url, second.url, third.url].join(',');
    await using server = await startServer(state.url, { REDIS_LOCK_URLS });
    server.agent.willAnswer({ text: 'one' }, { text: 'two' });
    await turn(server, 't1');
    await Promise.all([first.failOver(), second.failOver()]);
    expect((await untilDone(() => turn(server, 't2'))).data).toMatchObject({ turn: { number: 2 } });
    expect(server.agent.requests).toHaveLength(2);
  });
});

describe('a primary that is demoted and promoted again at the same address', () => {
  it('is used again at once: its connections were not given up', async () => {
    await using redis = await startRedisBehindFront();
    await using server = await startServer(redis.url);
    server.agent.willAnswer({ text: 'one' }, { text: 'two' });
    await turn(server, 't1');
    const connections = redis.front.accepted();
    await redis.demote();
    expect((await turn(server, 't2')).status).toBe(503);
    // The second connection has checked which server is at the address, and found no better one.
    await vi.waitFor(() => expect(redis.front.accepted()).toBeGreaterThan(connections));
    await redis.promote();
    const answer = await turn(server, 't2');
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({ replayed: false, turn: { number: 2 } });
  });
});
