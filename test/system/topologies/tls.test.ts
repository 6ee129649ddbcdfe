import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closeConnection, connectRedis } from '../../../server/redis/connection/connect-redis.ts';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { aclRules, clusterRules, lockMasterRules, waitRule } from './documented-acl.ts';
import { playConversation, waitInQueue } from './play-conversation.ts';
import { text } from '../../redis/contract/sample-workflows.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { onFreePorts } from '../../support/on-free-ports.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { startRedisSentinel } from '../../support/redis-sentinel.ts';
import { aclUser, createSecurity, startTlsRedis } from '../../support/redis-tls.ts';
import { startReplicatedRedis } from '../../support/replicated-redis.ts';
import { startTestServer } from '../../support/running-server.ts';
import { startServerProcess } from '../../support/server-process.ts';

const readAnything = (url: string) => query(url, 'workflow.get', { conversationId: 'c' });

/** Returns the commands that a Redis has refused its users since its start. */
async function refusals(url: string): Promise<unknown> {
  using raw = rawRedis(url);
  return await raw.redis.acl('LOG');
}

const timeout = 300_000;

describe(
  'TLS, with a certificate of our own and an ACL user that may only do what docs/redis.md lists',
  { timeout },
  () => {
    it('is a matter of configuration: a whole server plays a conversation, and Redis refused it nothing', async () => {
      await using tls = await startTlsRedis(aclRules);
      await using server = await startServerProcess(tls.env);
      const { url } = await server.started();
      await playConversation(url);
      await waitInQueue(url);
      expect(await refusals(tls.redis.url)).toEqual([]);
    });

    it('is spoken with Sentinel and the primary that it names', async () => {
      await using security = await createSecurity(aclRules);
      await using sentinel = await startRedisSentinel({ security });
      await using server = await startServerProcess(sentinel.env);
      const { url } = await server.started();
      await playConversation(url);
      await waitInQueue(url);
      expect(await refusals(sentinel.primary.url)).toEqual([]);
    });

    it('is spoken with every node of a Cluster, which asks for some rights more', async () => {
      await using security = await createSecurity(`${aclRules} ${clusterRules}`);
      await using cluster = await startRedisCluster({ security });
      await using server = await startServerProcess({ REDIS_URL: cluster.url, ...security.env });
      const { url } = await server.started();
      await playConversation(url);
      await waitInQueue(url);
      for (const { redis } of cluster.nodes) expect(await refusals(redis.url)).toEqual([]);
    });

    it('may wait for replicas', async () => {
      await using security = await createSecurity(`${aclRules} ${waitRule}`);
      await using pair = await startReplicatedRedis(security);
      const REDIS_URL = `rediss://${security.userInfo}@127.0.0.1:${pair.primary.servicePort}`;
      await using server = await startServerProcess({ REDIS_URL, REDIS_WAIT_REPLICAS: '1', ...security.env });
      const { url } = await server.started();
      await playConversation(url);
      expect(await refusals(pair.primary.url)).toEqual([]);
    });

    it('may notify a holder on another server of its interruption', async () => {
      await using tls = await startTlsRedis(aclRules);
      using raw = rawRedis(tls.redis.url);
      const may = (...command: string[]) => raw.redis.call('ACL', 'DRYRUN', aclUser, ...command);
      expect(await may('PUBLISH', 'tk:interrupts', 'x')).toBe('OK');
      expect(await may('SUBSCRIBE', 'tk:interrupts')).toBe('OK');
      expect(await may('SUBSCRIBE', 'other:interrupts')).toMatch(
        /no permissions to access the 'other:interrupts' channel/,
      );
      expect(await may('FLUSHALL')).toMatch(/no permissions to run the 'flushall' command/);
    });

    it('may keep leases as one of the masters of a quorum', async () => {
      await using masters = await startMasters(lockMasterRules);
      await using state = await startOwnRedis();
      await using server = await startServerProcess({ ...masters.env, REDIS_URL: state.url });
      const { url } = await server.started();
      await playConversation(url);
      for (const { redis } of masters.all) expect(await refusals(redis.url)).toEqual([]);
    });

    it('confines the user to its prefix: with another one it is refused, and the caller gets 503', async () => {
      await using tls = await startTlsRedis(aclRules);
      await using server = await startTestServer({ env: { ...tls.env, REDIS_PREFIX: 'other' } });
      const { status, error } = await readAnything(server.url);
      expect(status).toBe(503);
      expect(error?.data.reason).toBe('STATE_STORE_UNAVAILABLE');
    });

    it('runs turns without a right to any channel, but lets nobody wait for another', async () => {
      const agent = new HeldAgent();
      await using tls = await startTlsRedis(aclRules.replace('&tk:*', ''));
      await using server = await startTestServer({ env: { ...tls.env, REDIS_PREFIX: 'tk' }, agent });
      const turn = (turnId: string) =>
        post(server.url, 'workflow.turn', {
          ...{ conversationId: 'c', workflowId: 'survey', turnId, input: text('go on'), whenBusy: 'wait' },
        });
      const first = turn('turn-1');
      const question = await agent.question();
      const second = await turn('turn-2');
      expect(second).toMatchObject({ status: 503, error: { data: { reason: 'STATE_STORE_UNAVAILABLE' } } });
      question.answer();
      expect((await first).status).toBe(200);
    });

    it.each([
      ['the authority is not known', { REDIS_TLS_CA_FILE: '' }],
      ['no certificate is shown', { REDIS_TLS_CERT_FILE: '', REDIS_TLS_KEY_FILE: '' }],
    ])('is no connection where %s: the server is up, and callers are told 503', async (_, missing) => {
      await using tls = await startTlsRedis();
      await using server = await startServerProcess({ ...tls.env, ...missing });
      const { url } = await server.started();
      expect((await readAnything(url)).status).toBe(503);
      expect((await fetch(`${url}/readyz`)).status).toBe(503);
      server.signal('SIGTERM');
      expect((await server.ended).exitCode).toBe(0);
    });

    it('can be closed at any moment, even during a handshake that fails', async () => {
      await using tls = await startTlsRedis();
      const target = parseRedisUrl(tls.env.REDIS_URL);
      const errors: Error[] = [];
      const note = (error: Error): void => void errors.push(error);
      process.on('uncaughtExceptionMonitor', note);
      await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const connection = connectRedis({ target, commandTimeoutMs: 300, onChange: () => undefined });
          await setTimeout(index);
          const ended = new Promise<void>((resolve) => connection.once('end', resolve));
          // Between two attempts there is no connection to end.
          const isBetweenTries = connection.status === 'reconnecting';
          closeConnection(connection);
          if (!isBetweenTries) await ended;
        }),
      );
      process.off('uncaughtExceptionMonitor', note);
      expect(errors).toEqual([]);
    });
  },
);

/** Three masters, as independent as one machine allows; use with `await using`. */
async function startMasters(rules: string) {
  const security = await createSecurity(rules);
  const all = await Promise.all(
    Array.from({ length: 3 }, () =>
      onFreePorts(async () => {
        const { port, config } = await security.listen();
        return { redis: await startOwnRedis({ extraConfig: [...config, security.aclLine] }), port };
      }),
    ),
  );
  return {
    all,
    env: {
      REDIS_LOCK_URLS: all.map(({ port }) => `rediss://${security.userInfo}@localhost:${port}`).join(','),
      ...security.env,
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map(({ redis }) => redis[Symbol.asyncDispose]()));
      await security[Symbol.asyncDispose]();
    },
  };
}
