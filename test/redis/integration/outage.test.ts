import { describe, expect, it, vi } from 'vitest';
import type { Agent } from '../../../server/testing/index.ts';
import { text } from '../contract/sample-workflows.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';
import { roomMs } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';

const commandTimeoutMs = 500;
/** A dead Redis is reported at once, a hung one within this time (docs/architecture.md, What happens when). */
const goneMs = roomMs;
const hungMs = 2 * commandTimeoutMs + roomMs;
const recovery = { timeout: 10_000, interval: 50 };

type Server = Awaited<ReturnType<typeof startTestServer>>;
type Answer = Awaited<ReturnType<typeof post>>;

/** Starts a Redis that loses nothing it has acknowledged, however it ends. */
const startDurableRedis = () => startOwnRedis({ appendOnly: true, extraConfig: ['appendfsync always'] });

function startServer(url: string, agent?: Agent, lockTtlMs = 1_000): Promise<Server> {
  return startTestServer({
    ...(agent === undefined ? {} : { agent }),
    env: {
      REDIS_URL: url,
      REDIS_COMMAND_TIMEOUT_MS: String(commandTimeoutMs),
      LOCK_TTL_MS: String(lockTtlMs),
    },
  });
}

function turn({ url }: Server, turnId: string, conversationId = 'c'): Promise<Answer> {
  const input = { conversationId, workflowId: 'survey', turnId, input: text('go on') };
  return post(url, 'workflow.turn', input);
}

const get = ({ url }: Server, conversationId = 'c'): Promise<Answer> =>
  query(url, 'workflow.get', { conversationId });

/** Every procedure that needs the store. */
const procedures: Record<string, (server: Server) => Promise<Answer>> = {
  'workflow.turn': (server) => turn(server, 'during-the-outage'),
  'workflow.get': (server) => get(server),
  'workflow.end': ({ url }) => post(url, 'workflow.end', { conversationId: 'c', outcome: 'cancelled' }),
  'workflow.list': ({ url }) => query(url, 'workflow.list', {}),
};

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; tookMs: number }> {
  const began = performance.now();
  const result = await work();
  return { result, tookMs: performance.now() - began };
}

/** Returns the log lines of one kind of event. */
const linesOf = ({ logLines }: Server, event: string): unknown[] =>
  logLines.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line) as unknown);

const statusOf = async ({ url }: Server, path: string) => (await fetch(url + path)).status;

/** Expects all procedures, called at once, to fail with STORE_UNAVAILABLE in time. */
async function expectUnavailable(server: Server, withinMs: number): Promise<void> {
  const outcomes = await Promise.all(
    Object.entries(procedures).map(async ([name, call]) => ({ name, ...(await timed(() => call(server))) })),
  );
  for (const { name, result, tookMs } of outcomes) {
    expect(result.status, name).toBe(503);
    expect(result.error?.data, name).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      reason: 'STATE_STORE_UNAVAILABLE',
      retryable: true,
      retryAfterMs: 1_000,
    });
    expect(tookMs, name).toBeLessThan(withinMs);
  }
  expect(await statusOf(server, '/readyz')).toBe(503);
  expect(await statusOf(server, '/livez')).toBe(200);
}

/** Repeats a turn under its turn id, as a caller is told to, until its outcome is known. */
async function untilSettled(call: () => Promise<Answer>): Promise<Answer> {
  return vi.waitFor(async () => {
    const answer = await call();
    expect(answer.error?.data.retryable ?? false, JSON.stringify(answer.error)).toBe(false);
    return answer;
  }, recovery);
}

const turnCountOf = async (server: Server) => {
  const { data } = await get(server);
  return data;
};

describe('a Redis that stops and comes back (I6)', () => {
  it('fails every procedure at once; the server recovers by itself, with all committed turns', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startDurableRedis();
    await using server = await startServer(redis.url);
    server.agent.willAnswer({ text: 'one' }, { text: 'two' }, { text: 'three' });
    for (const turnId of ['turn-1', 'turn-2']) expect((await turn(server, turnId)).status).toBe(200);
    expect(await statusOf(server, '/readyz')).toBe(200);

    await redis.stop();
    await expectUnavailable(server, goneMs);
    await expectUnavailable(server, goneMs);

    await redis.start();
    await vi.waitFor(async () => expect(await statusOf(server, '/readyz')).toBe(200), recovery);
    expect(await turnCountOf(server)).toMatchObject({
      workflowState: { status: 'active', turnCount: 2 },
      messages: [{ id: '1.0' }, { id: '1.1', text: 'one' }, { id: '2.0' }, { id: '2.1', text: 'two' }],
    });
    expect((await turn(server, 'turn-2')).data).toMatchObject({ replayed: true, turn: { number: 2 } });
    expect((await turn(server, 'turn-3')).data).toMatchObject({ replayed: false, turn: { number: 3 } });
    expect(server.agent.requests).toHaveLength(3);
    expect(rejections.unhandled).toEqual([]);
  });
});

describe('a Redis that hangs', () => {
  it('counts as unavailable within twice the command timeout, and is used again when it goes on', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    await using server = await startServer(redis.url);
    server.agent.willAnswer({ text: 'one' }, { text: 'two' });
    await turn(server, 'turn-1');

    redis.hang();
    await expectUnavailable(server, hungMs);
    await expectUnavailable(server, hungMs);
    expect(server.agent.requests).toHaveLength(1);

    redis.goOn();
    await vi.waitFor(async () => expect(await statusOf(server, '/readyz')).toBe(200), recovery);
    const answer = await untilSettled(() => turn(server, 'turn-2'));
    expect(answer.data).toMatchObject({ replayed: false, turn: { number: 2 } });
    expect(rejections.unhandled).toEqual([]);
  });

  it('when a turn commits: the caller gets an unknown outcome in time, and its turn id settles it', async () => {
    using rejections = watchUnhandledRejections();
    const agent = new HeldAgent();
    await using redis = await startOwnRedis();
    // However long Redis hangs, the lease is still valid when the commit runs.
    await using server = await startServer(redis.url, agent, 120_000);
    const pending = turn(server, 'turn-1');
    const question = await agent.question();
    redis.hang();
    const { result, tookMs } = await timed(() => {
      question.answer('the one answer');
      return pending;
    });
    expect(tookMs).toBeLessThan(hungMs);
    expect(result.status).toBe(503);
    const unknown = { reason: 'STATE_STORE_UNAVAILABLE', retryable: true, isOutcomeUnknown: true };
    expect(result.error?.data).toMatchObject(unknown);
    expect(result.error?.message).toContain('unknown');
    expect(linesOf(server, 'turn.rolledBack')).toMatchObject([
      { turnId: 'turn-1', reason: 'STATE_STORE_UNAVAILABLE', isOutcomeUnknown: true },
    ]);

    // The commit was in transit, and Redis runs it after all.
    redis.goOn();
    const answer = await untilSettled(() => turn(server, 'turn-1'));
    expect(answer.data).toMatchObject({
      replayed: true,
      turn: { number: 1 },
      messages: [{ text: 'the one answer' }],
    });
    expect(agent.asked).toBe(1);
    expect(rejections.unhandled).toEqual([]);
  });
});

describe('a Redis that is killed while the agent thinks', () => {
  it('costs that turn, retryably, and nothing else: the same turn id then runs exactly once', async () => {
    using rejections = watchUnhandledRejections();
    const agent = new HeldAgent();
    await using redis = await startDurableRedis();
    await using server = await startServer(redis.url, agent);
    const first = turn(server, 'turn-1');
    (await agent.question()).answer('one');
    await first;

    const pending = turn(server, 'turn-2');
    const question = await agent.question();
    await redis.kill();
    question.answer('never stored');
    const interrupted = await pending;
    expect(interrupted.error?.data.retryable).toBe(true);
    expect(['STATE_STORE_UNAVAILABLE', 'LEASE_LOST']).toContain(interrupted.error?.data.reason);

    await redis.start();
    await vi.waitFor(async () => expect(await statusOf(server, '/readyz')).toBe(200), recovery);
    expect(await turnCountOf(server)).toMatchObject({
      workflowState: { turnCount: 1 },
      messages: [{ id: '1.0' }, { id: '1.1', text: 'one' }],
    });

    const again = untilSettled(() => turn(server, 'turn-2'));
    (await agent.question()).answer('two');
    expect((await again).data).toMatchObject({ replayed: false, turn: { number: 2 } });
    expect((await turn(server, 'turn-2')).data).toMatchObject({ replayed: true, turn: { number: 2 } });
    expect(await turnCountOf(server)).toMatchObject({
      workflowState: { turnCount: 2 },
      messages: [{}, {}, { id: '2.0' }, { id: '2.1', text: 'two' }],
    });
    expect(agent.asked).toBe(3);
    expect(rejections.unhandled).toEqual([]);
  });

  it('fails the turn before its lease expires, although the agent never answers', async () => {
    using rejections = watchUnhandledRejections();
    const agent = new HeldAgent();
    await using redis = await startOwnRedis();
    await using server = await startServer(redis.url, agent);
    const pending = timed(() => turn(server, 'turn-1'));
    await agent.question();
    await redis.kill();
    const { result, tookMs } = await pending;
    expect(result.error?.data).toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE', retryable: true });
    // The lease's life, and the time of an answer over HTTP.
    expect(tookMs).toBeLessThan(1_000 + roomMs);
    expect(rejections.unhandled).toEqual([]);
  });
});

describe('a server that is started while Redis is down', () => {
  it('comes up, says so, and takes turns as soon as Redis is there', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    await redis.stop();
    await using server = await startServer(redis.url);
    expect(server.store.trouble).not.toBeNull();
    await expectUnavailable(server, goneMs);
    await redis.start();
    server.agent.willAnswer({ text: 'one' });
    const answer = await untilSettled(() => turn(server, 'turn-1'));
    expect(answer.data).toMatchObject({ replayed: false, turn: { number: 1 } });
    expect(await statusOf(server, '/readyz')).toBe(200);
    expect(rejections.unhandled).toEqual([]);
  });

  it('does the same when Redis hangs from the start', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    redis.hang();
    await using server = await startServer(redis.url);
    expect(server.store.trouble).not.toBeNull();
    await expectUnavailable(server, hungMs);
    redis.goOn();
    server.agent.willAnswer({ text: 'one' });
    const answer = await untilSettled(() => turn(server, 'turn-1'));
    expect(answer.data).toMatchObject({ replayed: false, turn: { number: 1 } });
    expect(rejections.unhandled).toEqual([]);
  });
});

describe('the log of an outage', () => {
  it('reports once that the store is gone and once that it is back, not with every call', async () => {
    await using redis = await startOwnRedis();
    await using server = await startServer(redis.url);
    await redis.stop();
    await expectUnavailable(server, goneMs);
    await expectUnavailable(server, goneMs);
    expect(linesOf(server, 'store.unreachable')).toHaveLength(1);
    const reachableBefore = linesOf(server, 'store.reachable').length;
    await redis.start();
    await vi.waitFor(async () => expect(await statusOf(server, '/readyz')).toBe(200), recovery);
    expect(linesOf(server, 'store.reachable')).toHaveLength(reachableBefore + 1);
  });
});
