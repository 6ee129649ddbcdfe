import { createTRPCClient, httpBatchLink } from '@trpc/client';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { AppRouter } from '../../../server/router/app-router.ts';
import { readAnswer } from '../../support/post.ts';
import { rawConnection, rawRequest } from '../../support/raw-http.ts';
import { startTestServer } from '../../support/running-server.ts';

const turn = { json: { conversationId: 'c', workflowId: 'travel', input: { type: 'open' } } };
const turnBody = JSON.stringify(turn);

/** Returns an error's data as sent on the wire. */
function dataOf(body: string): Record<string, unknown> {
  return (JSON.parse(body) as { error: { json: { data: Record<string, unknown> } } }).error.json.data;
}

describe('a body of another type than JSON', () => {
  const form = new FormData();
  form.set('json', turnBody);

  it.each<[string, string | undefined, string | FormData | URLSearchParams | Blob | undefined]>([
    ['a form with files', undefined, form],
    ['a form', undefined, new URLSearchParams({ json: turnBody })],
    ['bytes', 'application/octet-stream', turnBody],
    ['a text', 'text/plain', turnBody],
    ['a text, as a page may send it', 'text/plain;charset=UTF-8', turnBody],
    ['JSON of another kind', 'application/ld+json', turnBody],
    ['JSON among others', 'application/jsonp', turnBody],
    ['a blob', undefined, new Blob([turnBody])],
    ['nothing said', '', turnBody],
    ['nothing at all', undefined, undefined],
  ])('is 415 and reaches no procedure: %s', async (_case, type, body) => {
    await using server = await startTestServer();
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const response = await fetch(`${server.url}/trpc/workflow.turn`, {
      method: 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const { status, error } = await readAnswer(response);
    expect(status).toBe(415);
    expect(error?.data).toMatchObject({
      ...{ code: 'UNSUPPORTED_MEDIA_TYPE', httpStatus: 415, reason: 'INVALID_INPUT', retryable: false },
    });
    expect(error?.message).toContain('application/json');
    expect(server.agent.requests).toEqual([]);
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    ' application/json ;x=y',
  ])('is none where it is %s', async (type) => {
    await using server = await startTestServer();
    server.agent.willAnswer({ text: 'Hello' });
    const headers = { 'content-type': type };
    const answer = await fetch(`${server.url}/trpc/workflow.turn`, {
      method: 'POST',
      headers,
      body: turnBody,
    });
    expect(answer.status).toBe(200);
  });
});

describe('a method that no call has', () => {
  it.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'QUERY'])('is 405: %s', async (method) => {
    await using server = await startTestServer();
    for (const path of ['/trpc/workflow.turn', '/trpc/workflow.list', '/trpc/x', '/trpc']) {
      const { status, head, body } = await rawRequest(server.url, [
        `${method} ${path} HTTP/1.1`,
        'Host: 127.0.0.1',
        'Connection: close',
      ]);
      expect(status).toBe(405);
      expect(head).toContain('Allow: GET, HEAD, POST');
      expect(dataOf(body)).toEqual({
        ...{ code: 'METHOD_NOT_SUPPORTED', httpStatus: 405, reason: 'INVALID_INPUT', retryable: false },
      });
    }
    expect(server.logLines.filter((line) => line.includes('unexpected'))).toEqual([]);
  });
});

describe('a batch of more than ten calls', () => {
  it('is refused as such to tRPC’s own client, and nothing is run', async () => {
    await using server = await startTestServer();
    const { workflow } = createTRPCClient<AppRouter>({
      links: [httpBatchLink({ url: `${server.url}/trpc`, transformer: superjson })],
    });
    const calls = Array.from({ length: 11 }, (_, index) =>
      workflow.turn.mutate({ conversationId: `c-${index}`, workflowId: 'travel', input: { type: 'open' } }),
    );
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          message: 'One request can batch at most 10 calls; this one has 11. Send them in several requests.',
          data: { reason: 'INVALID_INPUT', httpStatus: 400, retryable: false },
        },
      });
    }
    expect(server.agent.requests).toEqual([]);
  });

  it.each([
    `${'workflow.list,'.repeat(10)}workflow.list?batch=1`,
    `${'workflow.list%2C'.repeat(10)}workflow.list?batch=1`,
    `${','.repeat(10_000)}?batch=1`,
    `${'workflow.list,'.repeat(10)}workflow.list?batch=1&batch=1`,
    `${'workflow.list,'.repeat(10)}workflow.list?batch=1&batch=0`,
    `${'workflow.list,'.repeat(10)}workflow.list?%62atch=%31`,
  ])('is refused however it is written', async (path) => {
    await using server = await startTestServer();
    const { status, error } = await readAnswer(await fetch(`${server.url}/trpc/${path}`));
    expect([status, error?.data.reason]).toEqual([400, 'INVALID_INPUT']);
    expect(error?.message).toContain('at most 10 calls');
  });
});

describe('a body that is too large', () => {
  const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;

  it.each([
    ['the API', '/trpc/workflow.turn', 413],
    ['nothing', '/nowhere', 404],
    ['a probe', '/livez', 404],
  ])('is not read any further after its answer: for %s', async (_case, path, status) => {
    await using server = await startTestServer({ env: { MAX_BODY_BYTES: '8192' } });
    await using connection = await rawConnection(server.url);
    connection.send(head(path));
    const sending = setInterval(() => connection.send(chunk), 5);
    try {
      expect(await connection.until(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
      await connection.closed;
    } finally {
      clearInterval(sending);
    }
  });

  it('is refused at once if its Content-Length says so', async () => {
    await using server = await startTestServer({ env: { MAX_BODY_BYTES: '8192' } });
    await using connection = await rawConnection(server.url);
    connection.send(
      'POST /trpc/workflow.turn HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 8193\r\n\r\n',
    );
    const answer = await connection.until(/"retryable":false/);
    expect(answer).toContain('HTTP/1.1 413');
    expect(answer).toContain('8192 bytes');
    await connection.closed;
  });

  it('leaves its connection to the next request, if it ends', async () => {
    await using server = await startTestServer({ env: { MAX_BODY_BYTES: '8192' } });
    await using connection = await rawConnection(server.url);
    connection.send(`${head('/trpc/workflow.turn')}${chunk.repeat(3)}0\r\n\r\n`);
    await connection.until(/HTTP\/1.1 413/);
    connection.send('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await connection.until(/"alive"/)).toContain('HTTP/1.1 200');
  });

  it('of exactly the largest size is accepted', async () => {
    await using server = await startTestServer({ env: { MAX_BODY_BYTES: '8192' } });
    server.agent.willAnswer({ text: 'Hello' });
    const body = turnBody.padEnd(8_192);
    const headers = { 'content-type': 'application/json' };
    const call = (sent: string) =>
      fetch(`${server.url}/trpc/workflow.turn`, { method: 'POST', headers, body: sent });
    expect((await call(`${body} `)).status).toBe(413);
    expect((await call(body)).status).toBe(200);
  });

  it('that its sender does not finish harms nobody', async () => {
    await using server = await startTestServer();
    {
      await using connection = await rawConnection(server.url);
      connection.send(`${head('/trpc/workflow.turn')}${chunk}`);
    }
    expect((await fetch(`${server.url}/trpc/workflow.list`)).status).toBe(200);
    expect(server.logLines.filter((line) => line.includes('unexpected'))).toEqual([]);
  });
});

describe('headers that are too large', () => {
  it('are 431, with an error that a client recognizes', async () => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.url, [
      'GET /trpc/workflow.list HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: Bearer ${'t'.repeat(17 * 1024)}`,
    ]);
    expect(answer.status).toBe(431);
    expect(dataOf(answer.body)).toMatchObject({
      reason: 'PAYLOAD_TOO_LARGE',
      httpStatus: 431,
      retryable: false,
    });
  });

  it('are named in the typed client’s error', async () => {
    await using server = await startTestServer();
    const client = createTurnkeeperClient({ url: server.url, token: () => 't'.repeat(17 * 1024) });
    await expect(client.list()).rejects.toMatchObject({
      reason: 'PAYLOAD_TOO_LARGE',
      httpStatus: 431,
      retryable: false,
      message: expect.stringContaining('headers and URL are too large') as string,
    });
    await expect(client.resume('c').watch().next()).rejects.toMatchObject({ reason: 'PAYLOAD_TOO_LARGE' });
  });

  it('on a connection that was used before are answered, too', async () => {
    await using server = await startTestServer();
    await using connection = await rawConnection(server.url);
    connection.send('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.until(/"alive"/);
    connection.send(`GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    await connection.until(/HTTP\/1.1 431[^]*too large/);
    await connection.closed;
  });

  it('of a pipelined request are not mistaken for the answer to the one before', async () => {
    await using server = await startTestServer();
    await using connection = await rawConnection(server.url);
    const first = 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n';
    connection.send(`${first}GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    await connection.closed;
    expect(connection.received()).not.toContain('431');
  });
});

describe('bytes that are no request', () => {
  const chunked =
    'POST /trpc/workflow.turn HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

  it.each([
    ['a header that is none', 'GET / HTTP/1.1\r\nBroken\r\n\r\n'],
    ['nonsense', 'nonsense\r\n\r\n'],
    ['two lengths', `${chunked}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`],
    ['a length and chunks', `${chunked}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a chunk that is none', `${chunked}Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n`],
  ])('is refused as Node refuses it: %s', async (_case, request) => {
    await using server = await startTestServer();
    await using connection = await rawConnection(server.url);
    connection.send(request);
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1.1 400 Bad Request\r\nConnection: close/);
    expect((await fetch(`${server.url}/trpc/workflow.list`)).status).toBe(200);
  });
});

describe('an answer of the API', () => {
  it('is not cached on its way', async () => {
    await using server = await startTestServer({ env: { CORS_ORIGINS: 'https://app.example.com' } });
    server.agent.willAnswer({ text: 'Hello' });
    const headers = { 'content-type': 'application/json' };
    const api = `${server.url}/trpc`;
    const answers = [
      await fetch(`${api}/workflow.turn`, { method: 'POST', headers, body: turnBody }),
      await fetch(`${api}/workflow.list`),
      await fetch(`${api}/workflow.list?batch=1`),
      await fetch(`${api}/workflow.nope`),
      await fetch(`${api}/workflow.turn`, { method: 'PUT' }),
      await fetch(`${api}/workflow.turn`, { method: 'POST', headers, body: '{' }),
      await fetch(`${api}/workflow.turn`, { method: 'HEAD' }),
      await fetch(`${api}/workflow.list`, { headers: { 'x-dev-user': 'u'.repeat(129) } }),
      await fetch(`${api}/workflow.list`, { headers: { origin: 'https://evil.example' } }),
      await fetch(`${api}/workflow.list`, { method: 'OPTIONS' }),
      await fetch(`${api}/%ff`),
    ];
    for (const answer of answers)
      expect(answer.headers.get('cache-control')).toMatch(/^no-store(, no-transform)?$/);
    const input = encodeURIComponent(JSON.stringify({ json: { conversationId: 'c' } }));
    const watch = await fetch(`${api}/workflow.watch?input=${input}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(watch.headers.get('cache-control')).toBe('no-cache, no-transform, no-store');
    await watch.body?.cancel();
  });
});
