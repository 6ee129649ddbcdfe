import { describe, expect, it } from 'vitest';
import { startTestServer } from '../../support/running-server.ts';
import { rawRequest } from '../../support/raw-http.ts';

const turnBody = JSON.stringify({
  json: { conversationId: 'c', workflowId: 'travel', input: { type: 'open' } },
});

const get = (path: string, ...headers: string[]) => [`GET ${path} HTTP/1.1`, 'Connection: close', ...headers];

const postTurn = (...headers: string[]) => [
  'POST /trpc/workflow.turn HTTP/1.1',
  'Connection: close',
  'Content-Type: application/json',
  `Content-Length: ${Buffer.byteLength(turnBody)}`,
  ...headers,
];

describe('the host that a request names', () => {
  it.each([
    'evil.example',
    'evil.example:3000',
    'rebound.attacker.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
    '0.0.0.0',
    '10.0.0.1',
    '[::2]',
    '[fe80::1]',
    '128.0.0.1',
  ])('%s is refused on every path, and nothing is run', async (host) => {
    await using server = await startTestServer();
    for (const path of [
      '/',
      '/index.html',
      '/nowhere',
      '/trpc',
      '/trpc/workflow.list',
      '/trpc/workflow.get',
    ]) {
      const answer = await rawRequest(server.url, get(path, `Host: ${host}`));
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.head.toLowerCase()).toContain('content-type: application/json');
      expect(answer.body).toContain('PUBLIC_URL');
      expect(answer.body).not.toContain('evil');
    }
    const turn = await rawRequest(server.url, postTurn(`Host: ${host}`, `Origin: http://${host}`), turnBody);
    expect(turn.status).toBe(403);
    const { error } = JSON.parse(turn.body) as { error: { json: { data: object } } };
    expect(error.json.data).toEqual({
      ...{ code: 'FORBIDDEN', httpStatus: 403, reason: 'ADDRESS_NOT_ALLOWED', retryable: false },
    });
    expect(server.agent.requests).toEqual([]);
  });

  it.each([
    'localhost',
    'LOCALHOST:1',
    'localhost.',
    'LocalHost:65535',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.255.255.254',
    '127.1',
    '0x7f000001',
    '[::1]',
    '[::1]:3000',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
  ])('%s is this machine, whatever the port', async (host) => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.url, get('/trpc/workflow.definitions', `Host: ${host}`));
    expect(answer.status).toBe(200);
  });

  it.each([
    ['none', ['Connection: close']],
    ['an empty one', ['Host: ']],
    ['two', ['Host: 127.0.0.1', 'Host: evil.example']],
    ['two of the same', ['Host: 127.0.0.1', 'Host: 127.0.0.1']],
    ['one with a user', ['Host: evil.example@127.0.0.1']],
    ['one with a path', ['Host: 127.0.0.1/evil.example']],
    ['a list', ['Host: 127.0.0.1, evil.example']],
    ['a port that is none', ['Host: 127.0.0.1:evil']],
    ['a port out of range', ['Host: 127.0.0.1:99999']],
    ['half a bracket', ['Host: [::1']],
    ['an encoded one', ['Host: 127.0.0.1%2eevil.example']],
    ['a wildcard', ['Host: *']],
  ])('is refused where there is %s', async (_case, headers) => {
    await using server = await startTestServer();
    for (const path of ['/', '/trpc/workflow.list'])
      expect((await rawRequest(server.url, get(path, ...headers))).status).toBe(400);
    // HTTP/1.0 allows a request without a Host header.
    const old = await rawRequest(server.url, ['GET /trpc/workflow.list HTTP/1.0', ...headers]);
    expect(old.status).toBe(400);
  });

  it.each([
    ['http://evil.example/trpc/workflow.list', 403],
    ['https://evil.example:443/trpc/workflow.list', 403],
    ['http://evil.example', 403],
    ['http://localhost.evil.example/trpc/workflow.list', 403],
    ['http://user@localhost/trpc/workflow.list', 400],
    ['http://localhost@evil.example/trpc/workflow.list', 400],
    ['http://127.0.0.1:1/trpc/workflow.list', 200],
    ['http://LOCALHOST/trpc/workflow.list', 200],
  ])('is taken from a whole URL, too, if the request is for one: %s', async (target, status) => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.url, get(target, 'Host: localhost'));
    expect(answer.status).toBe(status);
    const evil = await rawRequest(
      server.url,
      get('http://localhost/trpc/workflow.list', 'Host: evil.example'),
    );
    expect(evil.status).toBe(403);
  });

  it('does not matter to probes, which call an instance by any address', async () => {
    await using server = await startTestServer();
    for (const path of ['/livez', '/readyz']) {
      for (const host of ['Host: 10.1.2.3:3000', 'Host: evil.example', 'Host: a, b'])
        expect((await rawRequest(server.url, get(path, host))).status).toBe(200);
      expect((await rawRequest(server.url, [`GET ${path} HTTP/1.0`])).status).toBe(200);
    }
  });

  it("may be that of PUBLIC_URL or of CORS_ORIGINS, and is not taken from a proxy's headers", async () => {
    await using server = await startTestServer({
      env: { PUBLIC_URL: 'https://Chat.Example.com/assist', CORS_ORIGINS: 'https://app.example.com' },
    });
    const statusFor = async (...headers: string[]) =>
      (await rawRequest(server.url, get('/trpc/workflow.list', ...headers))).status;
    expect(await statusFor('Host: chat.example.com')).toBe(200);
    expect(await statusFor('Host: CHAT.example.com:8443')).toBe(200);
    expect(await statusFor('Host: app.example.com')).toBe(200);
    expect(await statusFor('Host: example.com')).toBe(403);
    expect(await statusFor('Host: evil.chat.example.com')).toBe(403);
    const proxied = ['X-Forwarded-Host: chat.example.com', 'Forwarded: host=chat.example.com'];
    expect(await statusFor('Host: evil.example', ...proxied)).toBe(403);
    expect(await statusFor('Host: 127.0.0.1', 'X-Forwarded-Host: evil.example')).toBe(200);
  });

  it('may be the one that the server listens on', async () => {
    await using server = await startTestServer({ env: { HOST: 'localhost' } });
    expect((await fetch(`${server.url}/trpc/workflow.list`)).status).toBe(200);
  });
});

describe('a page that calls the API', () => {
  const ownEnv = {
    PUBLIC_URL: 'https://chat.example.com',
    CORS_ORIGINS:
      'https://app.example.com,capacitor://localhost,chrome-extension://mdplmiioglkpgkgblfdilgebpppgdlmj',
  };
  const statusOf = async (url: string, host: string, origin: string) => {
    const headers = [`Host: ${host}`, `Origin: ${origin}`];
    const read = await rawRequest(url, get('/trpc/workflow.list', ...headers));
    const written = await rawRequest(url, postTurn(...headers), turnBody);
    expect(written.status).toBe(read.status);
    if (read.status === 403) expect(read.body).toContain('CORS_ORIGINS');
    return read.status;
  };

  it.each([
    ['127.0.0.1:3000', 'http://evil.example'],
    ['127.0.0.1:3000', 'null'],
    ['127.0.0.1:3000', ''],
    ['127.0.0.1:3000', 'http://127.0.0.1.evil.example:3000'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000@evil.example'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000, http://evil.example'],
    ['127.0.0.1:3000', 'file://'],
    ['127.0.0.1:3000', 'tauri://localhost'],
    ['127.0.0.1:3000', 'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['chat.example.com', 'http://127.0.0.1:3000'],
    ['chat.example.com', 'https://evil.example'],
    ['chat.example.com', 'https://chat.example.com:8443'],
  ])('of %s is refused from %s', async (host, origin) => {
    await using server = await startTestServer({ env: ownEnv });
    expect(await statusOf(server.url, host, origin)).toBe(403);
    expect(server.agent.requests).toEqual([]);
  });

  it.each([
    ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['localhost', 'http://localhost'],
    ['LOCALHOST:80', 'http://localhost'],
    ['[::1]:3000', 'http://[::1]:3000'],
    // A development server on this machine that forwards the request with the target's host.
    ['127.0.0.1:3000', 'http://localhost:5173'],
    ['chat.example.com', 'https://chat.example.com'],
    // A proxy that replaces the host by that of its target.
    ['127.0.0.1:3000', 'https://chat.example.com'],
    ['127.0.0.1:3000', 'https://app.example.com'],
    ['chat.example.com', 'capacitor://localhost'],
    ['127.0.0.1:3000', 'chrome-extension://mdplmiioglkpgkgblfdilgebpppgdlmj'],
  ])('of %s is served from %s', async (host, origin) => {
    await using server = await startTestServer({ env: ownEnv });
    server.agent.willAnswer({ text: 'Hello' });
    expect(await statusOf(server.url, host, origin)).toBe(200);
  });

  it.each([
    'https://app.example.com',
    'capacitor://localhost',
    'chrome-extension://mdplmiioglkpgkgblfdilgebpppgdlmj',
  ])('gets permission from the preflight for %s', async (origin) => {
    await using server = await startTestServer({ env: ownEnv });
    const asked = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const preflight = await fetch(`${server.url}/trpc/workflow.turn`, { method: 'OPTIONS', headers: asked });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
  });

  it('gets no permission from the preflight if it is not listed', async () => {
    await using server = await startTestServer({ env: ownEnv });
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const preflight = await fetch(`${server.url}/trpc/workflow.turn`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may read why its call failed', async () => {
    await using server = await startTestServer({ env: { ...ownEnv, MAX_BODY_BYTES: '1024' } });
    for (const [body, status] of [
      ['x'.repeat(2_000), 413],
      ['{', 400],
    ] as const) {
      const headers = { origin: 'capacitor://localhost', 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}/trpc/workflow.turn`, { method: 'POST', headers, body });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe('capacitor://localhost');
    }
  });
});
