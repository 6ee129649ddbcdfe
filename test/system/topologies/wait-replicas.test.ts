import { describe, expect, it, vi } from 'vitest';
import { connectRedis, firstConnection } from '../../../server/redis/connection/connect-redis.ts';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { runAndWait } from '../../../server/redis/store/replication.ts';
import { text } from '../../redis/contract/sample-workflows.ts';
import { post } from '../../support/post.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startReplicatedRedis } from '../../support/replicated-redis.ts';
import { startTestServer } from '../../support/running-server.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { roomMs } from '../../support/time.ts';
import { playConversation, waitInQueue } from './play-conversation.ts';

const script = { text: "redis.call('SET', KEYS[1], ARGV[1]) return 'written'", numberOfKeys: 1 };
const recovery = { timeout: 10_000, interval: 50 };

/** A connection for nothing but such scripts, like the server's. */
async function connect(url: string, commandTimeoutMs = 2_000) {
  const redis = connectRedis({ target: parseRedisUrl(url), commandTimeoutMs, onChange: () => undefined });
  expect(await firstConnection(redis)).toBe(true);
  return {
    write: (value: string, replicas = 1) =>
      runAndWait(redis, script, ['key', value], { replicas, timeoutMs: commandTimeoutMs / 2 }),
    [Symbol.dispose]: () => redis.disconnect(),
  };
}

describe('a script that waits for replicas', () => {
  it('has been written by the replica when it says so', async () => {
    await using pair = await startReplicatedRedis();
    using connection = await connect(pair.primary.url);
    using replica = rawRedis(pair.replica.url);
    for (let round = 1; round <= 100; round += 1) {
      const value = String(round);
      expect(await connection.write(value)).toEqual({ reply: 'written', isReplicated: true });
      expect(await replica.redis.get('key')).toBe(value);
    }
  });

  it('says that too few replicas have it when one hangs, when it is gone, and when more are asked for than there are', async () => {
    await using pair = await startReplicatedRedis();
    using connection = await connect(pair.primary.url);
    expect(await connection.write('both', 2)).toEqual({ reply: 'written', isReplicated: false });
    pair.replica.hang();
    expect(await connection.write('hung')).toEqual({ reply: 'written', isReplicated: false });
    pair.replica.goOn();
    await vi.waitFor(async () => expect((await connection.write('back')).isReplicated).toBe(true), recovery);
    await pair.replica.kill();
    expect(await connection.write('gone')).toEqual({ reply: 'written', isReplicated: false });
  });

  it('is not reported as replicated if Redis had lost it: the script still runs before the WAIT', async () => {
    await using pair = await startReplicatedRedis();
    using connection = await connect(pair.primary.url);
    using primary = rawRedis(pair.primary.url);
    await connection.write('known');
    await primary.redis.script('FLUSH');
    pair.replica.hang();
    expect(await connection.write('forgotten')).toEqual({ reply: 'written', isReplicated: false });
    pair.replica.goOn();
  });

  it('fails where the primary is gone or hangs, in time', async () => {
    await using pair = await startReplicatedRedis();
    using connection = await connect(pair.primary.url, 300);
    pair.primary.hang();
    const began = performance.now();
    await expect(connection.write('hung')).rejects.toThrow('Command timed out');
    expect(performance.now() - began).toBeLessThan(300 + roomMs);
    pair.primary.goOn();
    await pair.primary.kill();
    await expect(connection.write('gone')).rejects.toThrow();
  });
});

describe('REDIS_WAIT_REPLICAS', () => {
  const env = { REDIS_WAIT_REPLICAS: '1', REDIS_COMMAND_TIMEOUT_MS: '2000' };
  const turnOf = (url: string, turnId: string) =>
    post(url, 'workflow.turn', { conversationId: 'c', workflowId: 'survey', turnId, input: text('go on') });

  it('is a matter of configuration: a whole server plays a conversation', async () => {
    await using pair = await startReplicatedRedis();
    await using server = await startServerProcess({ ...env, REDIS_URL: pair.primary.url });
    const { url } = await server.started();
    await playConversation(url);
    await waitInQueue(url);
  });

  it('acknowledges no turn that only the primary has, and no replay of it; the same turn id settles it', async () => {
    await using pair = await startReplicatedRedis();
    await using server = await startTestServer({ env: { ...env, REDIS_URL: pair.primary.url } });
    server.agent.willAnswer({ text: 'one' }, { text: 'two' });
    expect((await turnOf(server.url, 'turn-1')).status).toBe(200);

    pair.replica.hang();
    // The second is a replay: the turn is stored, but only on the primary.
    for (const time of ['first', 'second']) {
      const { status, error } = await turnOf(server.url, 'turn-2');
      expect(status, time).toBe(503);
      const unknown = { reason: 'STATE_STORE_UNAVAILABLE', retryable: true, isOutcomeUnknown: true };
      expect(error?.data, time).toMatchObject(unknown);
    }
    expect(server.agent.requests).toHaveLength(2);

    pair.replica.goOn();
    const settled = await vi.waitFor(async () => {
      const answer = await turnOf(server.url, 'turn-2');
      expect(answer.status).toBe(200);
      return answer;
    }, recovery);
    expect(settled.data).toMatchObject({ replayed: true, turn: { number: 2 }, messages: [{ text: 'two' }] });
    expect(server.agent.requests).toHaveLength(2);
  });

  it('delays nothing but commits while a replica hangs: other commands are answered before them', async () => {
    await using pair = await startReplicatedRedis();
    await using server = await startTestServer({ env: { ...env, REDIS_URL: pair.primary.url } });
    server.agent.willAnswer(...Array.from({ length: 6 }, () => ({ text: 'answer' })));
    await turnOf(server.url, 'turn-1');
    pair.replica.hang();
    const settled: string[] = [];
    const committing = Array.from({ length: 5 }, async (_, index) => {
      const turn = {
        conversationId: `other-${index}`,
        workflowId: 'survey',
        turnId: 't',
        input: text('go on'),
      };
      const { status } = await post(server.url, 'workflow.turn', turn);
      settled.push(`commit ${status}`);
    });
    await vi.waitFor(() => expect(server.agent.requests).toHaveLength(6));
    const { status } = await post(server.url, 'workflow.end', {
      conversationId: 'nobody',
      outcome: 'cancelled',
    });
    settled.push(`end ${status}`);
    await Promise.all(committing);
    expect(settled.slice(-1)).toEqual(['commit 503']);
    expect(settled).toContain('end 404');
    pair.replica.goOn();
  });
});
