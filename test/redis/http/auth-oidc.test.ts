import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { audience, startOpenIdProvider } from '../../support/open-id-provider.ts';
import { post, query } from '../../support/post.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { startTestServer } from '../../support/running-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { nextOf } from '../client-sdk/open-watched.ts';

const bearer = (token: string, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${token}`,
  ...more,
});
const turn = { conversationId: 'c', workflowId: 'travel', input: { type: 'open' } };
const now = (): number => Math.floor(Date.now() / 1000);

const settingsFor = (issuer: string) => ({
  AUTH_MODE: 'oidc',
  OIDC_ISSUER: issuer,
  OIDC_AUDIENCE: audience,
  OIDC_TENANT_CLAIM: 'tid',
  OIDC_ROLES_CLAIM: 'roles',
  USER_ID_SECRET: 'the secret of user ids in this file',
});

/** A server that trusts a provider; both stop at the end of the test. */
async function startTrusting(env: Record<string, string> = {}) {
  const provider = await startOpenIdProvider();
  const server = await startTestServer({ env: { ...settingsFor(provider.issuer), ...env } });
  return {
    ...server,
    provider,
    tokenOf: (sub: string, claims: Record<string, unknown> = {}) =>
      provider.sign({ claims: { sub, roles: ['user'], ...claims } }),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await provider.stop();
    },
  };
}

describe('a server that trusts an OpenID provider', () => {
  it('keeps the conversations of users apart, and writes nothing of their names or tokens', async () => {
    await using server = await startTrusting();
    server.agent.willAnswer({ text: 'Hello' }, { text: 'Hello' });
    const dana = await server.tokenOf('dana@contoso.example');
    const others = [
      await server.tokenOf('eve'),
      await server.tokenOf('dana@contoso.example', { tid: 'fabrikam' }),
    ];
    expect((await post(server.url, 'workflow.turn', turn, bearer(dana))).status).toBe(200);
    const again = await server.tokenOf('dana@contoso.example', { jti: 'another' });
    expect((await query(server.url, 'workflow.get', { conversationId: 'c' }, bearer(again))).status).toBe(
      200,
    );
    for (const token of others) {
      const { error } = await query(server.url, 'workflow.get', { conversationId: 'c' }, bearer(token));
      expect(error?.data.reason).toBe('WORKFLOW_NOT_FOUND');
    }
    const log = server.logLines.join();
    expect(log).toContain('"tenant":"contoso"');
    expect(log).not.toContain('dana');
    expect(log).not.toContain(dana.split('.')[1]);
  });

  it('believes no header of the development mode', async () => {
    await using server = await startTrusting();
    const { error } = await query(
      server.url,
      'workflow.list',
      {},
      { 'x-dev-user': 'dana', 'x-dev-tenant': 'contoso' },
    );
    expect(error?.data).toMatchObject({ reason: 'UNAUTHENTICATED', code: 'UNAUTHORIZED', retryable: false });
  });

  it('checks hosts and origins as in every mode, before it looks at a token', async () => {
    await using server = await startTrusting({ PUBLIC_URL: 'https://chat.example' });
    const token = await server.tokenOf('dana');
    const asked = async (...headers: string[]): Promise<string> => {
      const lines = [
        'GET /trpc/workflow.list HTTP/1.1',
        'Connection: close',
        `Authorization: Bearer ${token}`,
      ];
      const { status, body } = await rawRequest(server.url, [...lines, ...headers], '');
      return `${status} ${/"reason":"(\w+)"/.exec(body)?.[1] ?? ''}`;
    };
    expect(await asked('Host: evil.example')).toBe('403 ADDRESS_NOT_ALLOWED');
    expect(await asked('Host: chat.example', 'Origin: https://evil.example')).toBe('403 ADDRESS_NOT_ALLOWED');
    expect(await asked('Host: chat.example', 'Origin: https://chat.example')).toBe('200 ');
  });

  it.each([
    ['without a token', {}, 'Bearer'],
    [
      'with a wrong one',
      bearer('abc'),
      'Bearer error="invalid_token", error_description="The access token is not from an issuer that this server trusts."',
    ],
    [
      'with a malformed one',
      { authorization: 'Bearer a b' },
      `Bearer error="invalid_token", error_description="The header Authorization must be 'Bearer', a space, and one access token."`,
    ],
  ])('challenges a caller %s, on both ways', async (_case, headers: Record<string, string>, challenge) => {
    await using server = await startTrusting();
    for (const path of ['workflow.list', 'workflow.list,workflow.definitions?batch=1']) {
      const response = await fetch(`${server.url}/trpc/${path}`, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe(challenge);
    }
  });

  it('refuses tenants that are not allowed, and callers without a role', async () => {
    await using server = await startTrusting({ ALLOWED_TENANTS: 'contoso, northwind' });
    expect((await query(server.url, 'workflow.list', {}, bearer(await server.tokenOf('dana')))).status).toBe(
      200,
    );
    const foreign = await query(
      server.url,
      'workflow.list',
      {},
      bearer(await server.provider.tokenOf('outsider')),
    );
    expect([foreign.status, foreign.error?.data.reason]).toEqual([403, 'TENANT_NOT_ALLOWED']);
    for (const roles of [['auditor'], ['operator'], [], undefined]) {
      const token = await server.tokenOf('dana', { roles });
      const response = await fetch(`${server.url}/trpc/workflow.list`, { headers: bearer(token) });
      expect(response.status).toBe(403);
      expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      expect(await response.text()).toContain('ROLE_NOT_ALLOWED');
    }
  });

  it('is up while the provider is down: calls get 503, and succeed by themselves once it is back', async () => {
    await using provider = await startOpenIdProvider();
    const token = await provider.sign({ claims: { roles: ['user'] } });
    await provider.stop();
    await using server = await startTestServer({ env: settingsFor(provider.issuer) });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const down = await query(server.url, 'workflow.list', {}, bearer(token));
    expect(down.status).toBe(503);
    expect(down.error?.data).toMatchObject({ reason: 'AUTHENTICATION_UNAVAILABLE', retryable: true });
    const logged = server.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged).toContainEqual(
      expect.objectContaining({
        event: 'issuer.unreachable',
        issuer: provider.issuer,
        cause: 'ECONNREFUSED',
      }),
    );
    expect(logged).toContainEqual(
      expect.objectContaining({ event: 'authentication.failed', cause: 'IssuerUnavailable (ECONNREFUSED)' }),
    );
    await provider.start();
    const client = createTurnkeeperClient({ url: server.url, token: () => token });
    expect((await client.list()).conversations).toEqual([]);
    expect(server.logLines.join()).toContain('issuer.reachable');
  });
});

describe('a service', () => {
  it('acts for a user of its tenant whom it names, and the log says both', async () => {
    await using server = await startTrusting();
    server.agent.willAnswer({ text: 'Hello' });
    await post(server.url, 'workflow.turn', turn, bearer(await server.tokenOf('dana')));
    const service = await server.provider.tokenOf('importer');
    const get = (headers: Record<string, string>) =>
      query(server.url, 'workflow.get', { conversationId: 'c' }, headers);
    expect((await get(bearer(service))).error?.data.reason).toBe('WORKFLOW_NOT_FOUND');
    expect((await get(bearer(service, { 'x-act-for-subject': 'dana' }))).status).toBe(200);
    const logged = server.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const acted = logged.filter(({ event }) => event === 'service.acts');
    expect(acted).toEqual([expect.objectContaining({ tenant: 'contoso', call: 'workflow.get' })]);
    const { user, service: actor } = acted[0] ?? {};
    expect(user).not.toBe(actor);
    // The id in the log, and in events, names the user too.
    expect((await get(bearer(service, { 'x-act-for-user': String(user) }))).status).toBe(200);
    const ofOtherTenant = await server.tokenOf('importer', { tid: 'fabrikam', roles: ['service'] });
    for (const headers of [{ 'x-act-for-subject': 'dana' }, { 'x-act-for-user': String(user) }])
      expect((await get(bearer(ofOtherTenant, headers))).error?.data.reason).toBe('WORKFLOW_NOT_FOUND');
  });

  it('alone may do that, and must name one user', async () => {
    await using server = await startTrusting();
    const list = (token: string, headers: Record<string, string>) =>
      query(server.url, 'workflow.list', {}, bearer(token, headers));
    const user = await server.tokenOf('dana');
    expect((await list(user, { 'x-act-for-subject': 'eve' })).error?.data.reason).toBe('ROLE_NOT_ALLOWED');
    const service = await server.provider.tokenOf('importer');
    for (const headers of [
      { 'x-act-for-subject': 'dana', 'x-act-for-user': 'a'.repeat(22) },
      { 'x-act-for-subject': '' },
      { 'x-act-for-subject': '%ff' },
      { 'x-act-for-user': 'dana' },
      { 'x-act-for-user': `${'a'.repeat(22)}:x` },
    ])
      expect((await list(service, headers)).error?.data.reason).toBe('UNAUTHENTICATED');
    expect((await list(service, { 'x-act-for-subject': encodeURIComponent('dana@köln') })).status).toBe(200);
  });

  it('lends no agent its own token for that of the user', async () => {
    await using server = await startTrusting();
    server.agent.willAnswer({ text: 'Hello' }, { text: 'Hello' });
    const service = await server.provider.tokenOf('importer');
    const given: (string | null)[] = [];
    const send = server.agent.send.bind(server.agent);
    server.agent.send = (request, options) => {
      given.push(options.userToken);
      return send(request, options);
    };
    await post(server.url, 'workflow.turn', turn, bearer(service));
    await post(server.url, 'workflow.turn', turn, bearer(service, { 'x-act-for-subject': 'dana' }));
    expect(given).toEqual([service, null]);
  });
});

describe('a watch', () => {
  it('ends with its token, and the client comes back with a fresh one and misses nothing', async () => {
    await using server = await startTrusting({ OIDC_CLOCK_TOLERANCE_SECONDS: '0' });
    server.agent.willAnswer({ text: 'One' }, { text: 'Two' });
    const elsewhere = createTurnkeeperClient({ url: server.url, token: () => server.tokenOf('dana') });
    await elsewhere.conversation('travel', 'c').open();
    const asked: boolean[] = [];
    const client = createTurnkeeperClient({
      url: server.url,
      token: ({ forceRefresh }) => {
        asked.push(forceRefresh);
        return server.tokenOf('dana', { exp: now() + (forceRefresh ? 300 : 2) });
      },
    });
    const events = client.resume('c').watch();
    await nextOf(events, 'watch.started');
    await nextOf(events, 'watch.started');
    expect(asked).toEqual([false, true]);
    await elsewhere.resume('c').turn('hello', { turnId: 'two' });
    expect(await nextOf(events, 'turn.committed')).toMatchObject({ turnId: 'two' });
    await events.return?.();
  });
});

describe('the chat page', () => {
  const html = '<!doctype html><html lang="en"><div id="root"></div></html>';
  const pageOf = async (env: Record<string, string>) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'index.html'), html);
    await using server = await startTestServer({ env, chatDir: folder.path });
    const response = await fetch(server.url);
    return { text: await response.text(), policy: response.headers.get('content-security-policy') };
  };

  it('is told how to sign in, and may call the provider alone, even if that is down for now', async () => {
    await using provider = await startOpenIdProvider();
    const env = { ...settingsFor(provider.issuer), SIGN_IN_CLIENT_ID: 'a "page" & <more>' };
    const page = await pageOf(env);
    const [, told = ''] = /<html data-sign-in="([^"]*)" lang="en">/.exec(page.text) ?? [];
    const settings = told.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
    expect(JSON.parse(settings)).toEqual({
      issuer: provider.issuer,
      clientId: 'a "page" & <more>',
      scope: 'openid profile offline_access',
      parameters: {},
    });
    expect(page.policy).toContain(`; connect-src 'self' ${provider.issuer};`);
    await provider.stop();
    expect(await pageOf(env)).toEqual(page);
  });

  it('is as it was built on a server for development', async () => {
    const { text, policy } = await pageOf({});
    expect(text).toBe(html);
    expect(policy).toContain("; connect-src 'self';");
  });
});
