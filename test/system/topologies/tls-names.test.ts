import { describe, expect, it } from 'vitest';
import { text } from '../../redis/contract/sample-workflows.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post } from '../../support/post.ts';
import { startRedisSentinel } from '../../support/redis-sentinel.ts';
import { startTlsCluster } from '../../support/redis-tls-cluster.ts';
import { startTestServer } from '../../support/running-server.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { startTlsFront } from '../../support/proxy/tls-front.ts';
import { playConversation, waitInQueue } from './play-conversation.ts';

const timeout = 300_000;

/** A handshake takes long while other tests keep the machine busy. */
const patient = { REDIS_COMMAND_TIMEOUT_MS: '10000' };

const turn = async (url: string, conversationId: string) =>
  (
    await post(url, 'workflow.turn', {
      conversationId,
      workflowId: 'survey',
      turnId: 't1',
      input: text('go on'),
    })
  ).status;

describe('a Cluster with TLS', { timeout }, () => {
  it('is reached by a host name, which its certificate is for and its nodes announce', async () => {
    await using cluster = await startTlsCluster({ certifiedFor: ['localhost'], announced: 'localhost' });
    await using server = await startServerProcess({
      REDIS_URL: cluster.urls('localhost').join(),
      ...cluster.env,
      ...patient,
    });
    const { url } = await server.started();
    for (let users = 0; users < 3; users += 1) await playConversation(url);
    await waitInQueue(url);
    // One address stands for the whole cluster, listed twice.
    const [only = ''] = cluster.urls('localhost');
    await using other = await startTestServer({
      env: { REDIS_URL: `${only},${only}`, ...cluster.env, ...patient },
    });
    other.agent.willAnswer(...Array.from({ length: 4 }, () => ({ text: 'one' })));
    for (const id of ['a', 'b', 'c', 'd']) expect(await turn(other.url, id)).toBe(200);
  });

  it.each([
    ['addresses alone', ['127.0.0.1']],
    ['both', ['localhost', '127.0.0.1']],
  ])('is reached by addresses, with a certificate for %s', async (_, certifiedFor) => {
    await using cluster = await startTlsCluster({ certifiedFor });
    const env = { REDIS_URL: cluster.urls('127.0.0.1').join(), ...cluster.env, ...patient };
    await using server = await startTestServer({ env });
    server.agent.willAnswer(...Array.from({ length: 4 }, () => ({ text: 'one' })));
    for (const id of ['a', 'b', 'c', 'd']) expect(await turn(server.url, id)).toBe(200);
  });
});

describe('the server name of the TLS handshake', () => {
  it('is the host name of the URL, for every connection', async () => {
    await using redis = await startOwnRedis();
    await using front = await startTlsFront(() => redis.port, { certifiedFor: 'localhost' });
    const REDIS_URL = `rediss://:${redis.password}@localhost:${front.port}`;
    const env = { REDIS_URL, REDIS_TLS_CA_FILE: front.ca, ...patient };
    await using server = await startTestServer({ env });
    server.agent.willAnswer({ text: 'one' });
    expect(await turn(server.url, 'c')).toBe(200);
    expect(front.names()).toEqual(['localhost']);
  });

  it('is not sent for an IP address', async () => {
    await using redis = await startOwnRedis();
    await using front = await startTlsFront(() => redis.port, { certifiedFor: '127.0.0.1', isAnyName: true });
    const REDIS_URL = `rediss://:${redis.password}@127.0.0.1:${front.port}`;
    const env = { REDIS_URL, REDIS_TLS_CA_FILE: front.ca, ...patient };
    await using server = await startTestServer({ env });
    server.agent.willAnswer({ text: 'one' });
    expect(await turn(server.url, 'c')).toBe(200);
    expect(front.names()).toEqual([null]);
  });

  it('is the host name of each master of a quorum', async () => {
    await using state = await startOwnRedis();
    await using first = await startOwnRedis();
    await using second = await startOwnRedis();
    await using third = await startOwnRedis();
    await using front = await startTlsFront(() => first.port, { certifiedFor: 'localhost' });
    const named = `rediss://:${first.password}@localhost:${front.port}`;
    await second.stop();
    const REDIS_LOCK_URLS = [named, second.url, third.url].join();
    const env = { REDIS_URL: state.url, REDIS_LOCK_URLS, REDIS_TLS_CA_FILE: front.ca, ...patient };
    await using server = await startTestServer({ env });
    server.agent.willAnswer({ text: 'one' });
    // There is a majority only with the master that has a host name.
    expect(await turn(server.url, 'c')).toBe(200);
    expect(front.names()).toEqual(['localhost']);
  });

  it('is the host name of each sentinel, and none for the address that they name', async () => {
    await using sentinel = await startRedisSentinel();
    const [first] = sentinel.sentinels;
    await using front = await startTlsFront(() => first?.port ?? 0, { certifiedFor: 'localhost' });
    const REDIS_URL = sentinel.env.REDIS_URL.replace('redis+', 'rediss+').replace(
      /@[^/]+/,
      `@localhost:${front.port}`,
    );
    await using server = await startTestServer({
      env: { ...sentinel.env, REDIS_URL, REDIS_TLS_CA_FILE: front.ca },
    });
    expect(front.names()).toEqual(['localhost']);
    // The primary itself speaks no TLS here: the test shows only that the sentinel was asked.
    expect(server.store.trouble).not.toContain('no sentinel names it');
    expect(server.store.trouble).toContain('primary turnkeeper');
  });
});
