import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { Authenticator } from '../../../server/orchestrator/ports/authenticator.ts';
import { nextOf } from '../client-sdk/open-watched.ts';
import { deferred } from '../../support/deferred.ts';
import { post, query } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const identity = { tenant: 'contoso', user: 'dana' };
const turn = { conversationId: 'c', workflowId: 'travel', input: { type: 'open' } };

const authenticating = (authenticate: Authenticator['authenticate']): Authenticator => ({ authenticate });

describe('an authenticator that fails', () => {
  const secret = 'eyJ-a-token';
  const failing: [string, Authenticator['authenticate'], string][] = [
    [
      'rejects',
      () =>
        Promise.reject(Object.assign(new TypeError(`no keys for ${secret}`), { code: 'ERR_JWKS_TIMEOUT' })),
      'TypeError (ERR_JWKS_TIMEOUT)',
    ],
    [
      'throws',
      () => {
        throw new Error(`no keys for ${secret}`, {
          cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
        });
      },
      'Error (ECONNREFUSED)',
    ],
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- others' code may do just that
    ['rejects with nothing', () => Promise.reject(), 'a thrown value that is no Error'],
    ['never answers', () => new Promise(() => undefined), 'AuthenticatorTooSlow'],
  ];

  it.each(failing)(
    'is 503, retryable, and logged under an id: one that %s',
    async (_case, authenticate, cause) => {
      await using server = await startTestServer({
        authenticator: authenticating(authenticate),
        env: { AUTH_TIMEOUT_MS: '50' },
      });
      const answers = [
        await post(server.url, 'workflow.turn', turn),
        await query(server.url, 'workflow.list', {}),
      ];
      for (const { status, error } of answers) {
        expect(status).toBe(503);
        expect(error?.data).toMatchObject({
          ...{ reason: 'AUTHENTICATION_UNAVAILABLE', code: 'SERVICE_UNAVAILABLE', retryable: true },
          retryAfterMs: 1_000,
        });
        const { errorId = 'none' } = error?.data ?? {};
        expect(error?.message).toContain(errorId);
        expect(JSON.stringify(error)).not.toContain(secret);
        const logged = server.logLines.filter((line) => line.includes(errorId));
        expect(logged.map((line) => JSON.parse(line) as unknown)).toEqual([
          expect.objectContaining({ level: 50, event: 'authentication.failed', cause }),
        ]);
      }
      const watch = await fetch(
        `${server.url}/trpc/workflow.watch?input=${encodeURIComponent('{"json":{"conversationId":"c"}}')}`,
      );
      expect(await watch.text()).toContain('AUTHENTICATION_UNAVAILABLE');
      expect(server.logLines.join()).not.toContain(secret);
      expect(server.agent.requests).toEqual([]);
    },
  );

  it('is asked again with the next call, which it may admit', async () => {
    let calls = 0;
    await using server = await startTestServer({
      authenticator: authenticating(() => {
        calls += 1;
        if (calls === 1) return Promise.reject(new Error('not yet'));
        return Promise.resolve({ kind: 'authenticated', identity, accessToken: null });
      }),
    });
    server.agent.willAnswer({ text: 'Hello' });
    const client = createTurnkeeperClient({ url: server.url, retry: { baseDelayMs: 1 } });
    const result = await client.conversation('travel').open();
    expect(result.turn.number).toBe(1);
    expect(calls).toBe(2);
  });

  it('that answers or fails too late is ignored', async () => {
    const late = deferred();
    await using server = await startTestServer({
      authenticator: authenticating(async () => {
        await late.promise;
        throw new Error('too late');
      }),
      env: { AUTH_TIMEOUT_MS: '20' },
    });
    expect((await query(server.url, 'workflow.list', {})).status).toBe(503);
    late.resolve();
    expect((await query(server.url, 'workflow.list', {})).status).toBe(503);
  });
});

describe('an authentication that expires', () => {
  it('ends a watch then, and the client comes back with a fresh token and misses nothing', async () => {
    const asked: (string | undefined)[] = [];
    let isFirst = true;
    await using server = await startTestServer({
      authenticator: authenticating(({ authorization }) => {
        const token = String(authorization);
        if (token === 'Bearer fresh')
          return Promise.resolve({ kind: 'authenticated', identity, accessToken: null });
        const expiresAt = isFirst ? Date.now() + 400 : 0;
        return Promise.resolve({ kind: 'authenticated', identity, accessToken: null, expiresAt });
      }),
    });
    server.agent.willAnswer({ text: 'One' }, { text: 'Two' });
    await post(server.url, 'workflow.turn', turn, { authorization: 'Bearer fresh' });
    const client = createTurnkeeperClient({
      url: server.url,
      token: ({ forceRefresh }) => {
        asked.push(forceRefresh ? 'fresh' : 'stale');
        return forceRefresh ? 'fresh' : 'stale';
      },
    });
    const events = client.resume('c').watch();
    const started = await events.next();
    expect(started.value).toMatchObject({ type: 'watch.started', turnNumber: 1 });
    isFirst = false;
    const resumed = await events.next();
    expect(resumed.value).toMatchObject({ type: 'watch.started' });
    expect(asked).toEqual(['stale', 'fresh']);
    const second = { ...turn, turnId: 'two', input: { type: 'text', text: 'hello' } };
    await post(server.url, 'workflow.turn', second, { authorization: 'Bearer fresh' });
    await nextOf(events, 'turn.committed');
    await events.return?.();
  });

  it('ends a watch with UNAUTHENTICATED, at once where it is past', async () => {
    await using server = await startTestServer({
      authenticator: authenticating(() =>
        Promise.resolve({ kind: 'authenticated', identity, accessToken: null, expiresAt: Date.now() - 1 }),
      ),
    });
    server.agent.willAnswer({ text: 'One' });
    expect((await post(server.url, 'workflow.turn', turn)).status).toBe(200);
    const input = encodeURIComponent('{"json":{"conversationId":"c"}}');
    const watch = await (await fetch(`${server.url}/trpc/workflow.watch?input=${input}`)).text();
    expect(watch).toContain('UNAUTHENTICATED');
    expect(watch).toContain('fresh token');
  });
});

describe('a failure before the caller is known', () => {
  it.each([
    ['a path that is no text', '/trpc/%ff'],
    ['connection parameters that are none', '/trpc/workflow.list?connectionParams=x'],
    ['a mix of procedures', '/trpc/workflow.list,workflow.turn?batch=1'],
    ['an input that is no JSON', '/trpc/workflow.list?input=x'],
    ['an input of a batch that is no JSON', '/trpc/workflow.list?batch=1&input=['],
  ])('is no error of the server: %s', async (_case, path) => {
    await using server = await startTestServer();
    const response = await fetch(server.url + path);
    expect(response.status).toBe(400);
    const body = await response.text();
    expect(body).toContain('"reason":"INVALID_INPUT"');
    expect(body).not.toContain('errorId');
  });
});
