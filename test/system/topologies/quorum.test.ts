import { describe, expect, inject, it, vi } from 'vitest';
import { text } from '../../redis/contract/sample-workflows.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post } from '../../support/post.ts';
import { keysUnder, rawRedis } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { roomMs } from '../../support/time.ts';
import { playConversation, waitInQueue } from './play-conversation.ts';

const recovery = { timeout: 10_000, interval: 50 };

/** Independent masters; use with `await using`. */
async function startMasters() {
  const masters = await Promise.all([startOwnRedis(), startOwnRedis(), startOwnRedis()]);
  const [first, second, third] = masters;
  return {
    first,
    second,
    third,
    urls: masters.map(({ url }) => url),
    env: { REDIS_LOCK_URLS: masters.map(({ url }) => url).join(','), REDIS_COMMAND_TIMEOUT_MS: '500' },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(masters.map((master) => master[Symbol.asyncDispose]()));
    },
  };
}

type Masters = Awaited<ReturnType<typeof startMasters>>;
type Server = Awaited<ReturnType<typeof startTestServer>>;

const startServer = ({ env }: Masters): Promise<Server> => startTestServer({ env });

const turn = ({ url }: Server, turnId: string) =>
  post(url, 'workflow.turn', { conversationId: 'c', workflowId: 'survey', turnId, input: text('go on') });

/** Runs a turn, in time, on a server while some masters do not answer. */
async function timedTurn(server: Server, turnId: string) {
  const began = performance.now();
  const answer = await turn(server, turnId);
  return { ...answer, tookMs: performance.now() - began };
}

describe('leases on three independent masters', () => {
  it('need only configuration: a whole server plays a conversation', async () => {
    await using masters = await startMasters();
    await using state = await startOwnRedis();
    await using server = await startServerProcess({ ...masters.env, REDIS_URL: state.url });
    const { url } = await server.started();
    await playConversation(url);
    await waitInQueue(url);
  });

  it('are kept by all of them while a turn runs, and by none after it', async () => {
    const agent = new HeldAgent();
    await using masters = await startMasters();
    await using server = await startTestServer({ env: masters.env, agent });
    const { redisPrefix } = server.settings;
    const leases = () =>
      Promise.all(
        masters.urls.map(async (url) => {
          using raw = rawRedis(url);
          const [lock] = await keysUnder(raw.redis, redisPrefix);
          return lock === undefined ? null : await raw.redis.get(lock);
        }),
      );
    const pending = turn(server, 'turn-1');
    const question = await agent.question();
    const [first, second, third] = await leases();
    expect(first).toMatch(/./);
    expect([second, third]).toEqual([first, first]);
    question.answer();
    expect((await pending).status).toBe(200);
    await vi.waitFor(async () => expect(await leases()).toEqual([null, null, null]));
  });

  it.each(['kill', 'hang'] as const)(
    'are granted by two of them: turns go on after the %s of one',
    async (fault) => {
      await using masters = await startMasters();
      await using server = await startServer(masters);
      server.agent.willAnswer({ text: 'one' }, { text: 'two' }, { text: 'three' });
      expect((await turn(server, 'turn-1')).status).toBe(200);

      await masters.first[fault]();
      for (const [turnId, number] of [
        ['turn-2', 2],
        ['turn-3', 3],
      ] as const) {
        const { status, data, tookMs } = await timedTurn(server, turnId);
        expect({ status, data }).toMatchObject({ status: 200, data: { turn: { number } } });
        expect(tookMs).toBeLessThan(roomMs);
      }
    },
  );

  it('are not granted by one of them: callers get 503 in time, and turns go on once a majority is back', async () => {
    await using masters = await startMasters();
    await using server = await startServer(masters);
    server.agent.willAnswer({ text: 'one' }, { text: 'two' });
    expect((await turn(server, 'turn-1')).status).toBe(200);

    await Promise.all([masters.first.kill(), masters.second.kill()]);
    const { status, error, tookMs } = await timedTurn(server, 'turn-2');
    expect(status).toBe(503);
    expect(error?.data).toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE', retryable: true });
    expect(tookMs).toBeLessThan(roomMs);
    expect(server.agent.requests).toHaveLength(1);

    await masters.second.start();
    const answer = await vi.waitFor(async () => {
      const again = await turn(server, 'turn-2');
      expect(again.status).toBe(200);
      return again;
    }, recovery);
    expect(answer.data).toMatchObject({ turn: { number: 2 } });
  });

  it('are granted by masters that have forgotten the scripts', async () => {
    await using masters = await startMasters();
    await using server = await startServer(masters);
    server.agent.willAnswer({ text: 'one' }, { text: 'two' });
    await turn(server, 'turn-1');
    for (const url of [...masters.urls, inject('redisUrl')]) {
      using raw = rawRedis(url);
      await raw.redis.script('FLUSH');
    }
    expect((await turn(server, 'turn-2')).status).toBe(200);
  });
});
