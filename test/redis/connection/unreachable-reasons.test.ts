import { once } from 'node:events';
import { createServer as createWebServer } from 'node:http';
import type { Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { text } from '../contract/sample-workflows.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post } from '../../support/post.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { startTlsFront } from '../../support/proxy/tls-front.ts';

const secret = 'hunter2';

/** Listens on any port; use with `await using`. */
async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

let redis: Awaited<ReturnType<typeof startOwnRedis>>;
let full: Awaited<ReturnType<typeof startOwnRedis>>;
let taken: ReturnType<typeof rawRedis>;
let front: Awaited<ReturnType<typeof startTlsFront>>;
let foreign: Awaited<ReturnType<typeof startTlsFront>>;
let web: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  redis = await startOwnRedis({ password: secret });
  full = await startOwnRedis({ password: secret, extraConfig: ['maxclients 1'] });
  taken = rawRedis(full.url);
  await taken.redis.ping();
  front = await startTlsFront(() => redis.port, { certifiedFor: 'localhost' });
  foreign = await startTlsFront(() => redis.port, { certifiedFor: 'other.example', isAnyName: true });
  web = await listening(createWebServer((_request, response) => response.end('hello')));
});
afterAll(async () => {
  taken[Symbol.dispose]();
  for (const held of [redis, full, front, foreign, web]) await held[Symbol.asyncDispose]();
});

interface Trouble {
  readonly env: () => Record<string, string>;
  /** Returns the reported address. */
  readonly where: () => string;
  readonly reason: RegExp;
}

const at = (port: () => number) => () => `127.0.0.1:${port()}`;

const troubles: Record<string, Trouble> = {
  'a wrong password': {
    env: () => ({ REDIS_URL: `redis://:wrong-${secret}@127.0.0.1:${redis.port}` }),
    where: at(() => redis.port),
    reason: /WRONGPASS/,
  },
  'no password where one is wanted': {
    env: () => ({ REDIS_URL: `redis://127.0.0.1:${redis.port}` }),
    where: at(() => redis.port),
    reason: /NOAUTH/,
  },
  'nothing that listens': {
    env: () => ({ REDIS_URL: `redis://:${secret}@127.0.0.1:1` }),
    where: () => '127.0.0.1:1',
    reason: /ECONNREFUSED/,
  },
  'no such host': {
    env: () => ({ REDIS_URL: `redis://user:${secret}@no-such-host.invalid` }),
    where: () => 'no-such-host.invalid:6379',
    reason: /ENOTFOUND|EAI_AGAIN/,
  },
  'an authority that is not known': {
    env: () => ({ REDIS_URL: `rediss://:${secret}@localhost:${front.port}` }),
    where: () => `localhost:${front.port}`,
    reason: /(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE).*REDIS_TLS_CA_FILE/,
  },
  'a certificate for another name': {
    env: () => ({
      REDIS_URL: `rediss://:${secret}@localhost:${foreign.port}`,
      REDIS_TLS_CA_FILE: foreign.ca,
    }),
    where: () => `localhost:${foreign.port}`,
    reason: /ERR_TLS_CERT_ALTNAME_INVALID/,
  },
  'TLS where there is none': {
    env: () => ({ REDIS_URL: `rediss://:${secret}@127.0.0.1:${redis.port}` }),
    where: at(() => redis.port),
    reason: /ETIMEDOUT.*without TLS|ERR_SSL_WRONG_VERSION_NUMBER/,
  },
  'no TLS where it is wanted': {
    env: () => ({ REDIS_URL: `redis://:${secret}@127.0.0.1:${front.port}` }),
    where: at(() => front.port),
    reason: /rediss:\/\/|no Redis/,
  },
  'too many clients': {
    env: () => ({ REDIS_URL: full.url }),
    where: at(() => full.port),
    reason: /ERR max number of clients reached/,
  },
  'what is no Redis': {
    env: () => ({ REDIS_URL: `redis://:${secret}@127.0.0.1:${web.port}` }),
    where: at(() => web.port),
    reason: /no Redis/,
  },
  'a list of URLs where there is no cluster': {
    env: () => ({ REDIS_URL: `${redis.url},${redis.url}` }),
    where: at(() => redis.port),
    reason: /cluster support disabled/,
  },
  'a cluster of which nothing listens': {
    env: () => ({ REDIS_URL: `redis://:${secret}@127.0.0.1:1,redis://:${secret}@127.0.0.1:2` }),
    where: () => '127.0.0.1:1, 127.0.0.1:2',
    reason: /ECONNREFUSED/,
  },
  'a cluster with another password': {
    env: () => ({ REDIS_URL: `redis://:x@127.0.0.1:${redis.port},redis://:x@127.0.0.1:${redis.port}` }),
    where: at(() => redis.port),
    reason: /WRONGPASS/,
  },
  'no sentinel that listens': {
    env: () => ({ REDIS_URL: `redis+sentinel://:${secret}@127.0.0.1:1,127.0.0.1:2/main` }),
    where: () => '127.0.0.1:1',
    reason: /primary main.*127\.0\.0\.1:1: ECONNREFUSED.*127\.0\.0\.1:2: ECONNREFUSED/,
  },
  'a sentinel with another password': {
    env: () => ({ REDIS_URL: `redis+sentinel://127.0.0.1:${redis.port}/main`, REDIS_SENTINEL_PASSWORD: 'x' }),
    where: at(() => redis.port),
    reason: /WRONGPASS/,
  },
};

const turn = async ({ url }: { readonly url: string }, turnId: string) =>
  post(url, 'workflow.turn', { conversationId: 'c', workflowId: 'survey', turnId, input: text('go on') });

const linesOf = (logLines: readonly string[], event: string): string[] =>
  logLines.filter((line) => line.includes(`"event":"${event}"`));

describe('the reason why Redis is unreachable', () => {
  it.each(Object.entries(troubles))(
    'is logged once, and in the failure of every call: %s',
    async (_, trouble) => {
      const { env, where, reason } = trouble;
      await using server = await startTestServer({ env: env() });
      const told = linesOf(server.logLines, 'store.unreachable');
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(reason);
      expect(told[0]).toContain(where());
      expect(server.store.trouble).toMatch(reason);
      for (let call = 0; call < 5; call += 1) {
        const answer = await turn(server, `t${call}`);
        expect(answer.status).toBe(503);
      }
      expect(linesOf(server.logLines, 'store.unreachable')).toEqual(told);
      for (const line of linesOf(server.logLines, 'turn.rolledBack')) {
        expect(line).toMatch(reason);
        expect(line).not.toContain('writeable');
      }
      const log = server.logLines.join('');
      expect(log).not.toContain(secret);
      expect(log).not.toContain('redis://:');
    },
  );

  it('is logged once for many attempts to connect', async () => {
    using raw = rawRedis(redis.url);
    const attempts = async (): Promise<number> => {
      const [, count] = /total_connections_received:(\d+)/.exec(await raw.redis.info('stats')) ?? [];
      return Number(count);
    };
    await using server = await startTestServer({ env: troubles['a wrong password']?.env() ?? {} });
    const before = await attempts();
    await vi.waitFor(async () => expect(await attempts()).toBeGreaterThan(before + 8), { timeout: 15_000 });
    expect(linesOf(server.logLines, 'store.unreachable')).toHaveLength(1);
  });

  it('is in the start message', async () => {
    await using server = await startServerProcess({
      REDIS_URL: `redis://someone:${secret}@127.0.0.1:${redis.port}`,
    });
    const { message } = await server.started();
    await server[Symbol.asyncDispose]();
    const { stdout, stderr } = await server.ended;
    expect(message + stdout).toMatch(
      new RegExp(`Redis can't be reached \\(127\\.0\\.0\\.1:${redis.port}: .*WRONGPASS.*503`),
    );
    expect(stdout + stderr).not.toContain(secret);
    expect(stdout + stderr).not.toContain('someone');
  });

  it('is logged again when it changes, and when Redis is back', async () => {
    await using own = await startOwnRedis({ password: secret });
    await using server = await startTestServer({ env: { REDIS_URL: own.url } });
    const told = () => linesOf(server.logLines, 'store.unreachable');
    await own.kill();
    await vi.waitFor(() => expect(told()).toHaveLength(1), { timeout: 5_000 });
    expect(told()[0]).toContain('ECONNREFUSED');
    await own.start();
    using raw = rawRedis(own.url);
    await vi.waitFor(() => expect(linesOf(server.logLines, 'store.reachable')).toHaveLength(2));
    await raw.redis.config('SET', 'requirepass', 'another');
    await raw.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await vi.waitFor(() => expect(told()).toHaveLength(2), { timeout: 5_000 });
    expect(told()[1]).toContain('WRONGPASS');
  });
});

describe('a command that Redis does not know, or forbids', () => {
  it.each([
    ['EVAL', /unknown command 'eval'/],
    ['EVALSHA', /unknown command 'evalsha'/],
    ['ZREMRANGEBYSCORE', /unknown Redis command called from script/i],
  ])('is named: %s is renamed', async (command, reason) => {
    await using own = await startOwnRedis({ extraConfig: [`rename-command ${command} ""`] });
    await using server = await startTestServer({ env: { REDIS_URL: own.url } });
    for (const turnId of ['t1', 't2']) await turn(server, turnId);
    const lines = linesOf(server.logLines, 'turn.rolledBack');
    expect(lines.join()).toMatch(reason);
    expect(lines.join()).not.toContain('go on');
  });

  it('is named where the ACL user may not run it', async () => {
    await using own = await startOwnRedis();
    using raw = rawRedis(own.url);
    await raw.redis.acl('SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-eval', '-evalsha');
    const REDIS_URL = `redis://app:secret@127.0.0.1:${own.port}`;
    await using server = await startTestServer({ env: { REDIS_URL } });
    await turn(server, 't1');
    expect(linesOf(server.logLines, 'turn.rolledBack').join()).toMatch(/NOPERM.*'eval/);
  });
});
