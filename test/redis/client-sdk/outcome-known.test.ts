import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isTurnkeeperError } from '../../../client-sdk/src/index.ts';
import type { TurnkeeperClientError } from '../../../client-sdk/src/index.ts';
import { createAuthority } from '../../support/certificates.ts';
import { faultyProxy } from './faulty-proxy.ts';
import type { Fault } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';

async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  return { port, close, [Symbol.asyncDispose]: close };
}

async function failureAt(
  url: string,
  options: { token?: () => string } = {},
): Promise<TurnkeeperClientError> {
  const { client } = pacedClient({ url, ...options, retry: { attempts: 2 } });
  const error: unknown = await client
    .resume('c')
    .turn('hello')
    .catch((thrown: unknown) => thrown);
  if (!isTurnkeeperError(error)) throw new Error('another error', { cause: error });
  expect(error.reason).toBe('UNREACHABLE');
  return error;
}

describe('a turn that certainly never left', () => {
  it('because nothing listens there has not happened', async () => {
    const { port, close } = await listening(createTcpServer());
    await close();
    for (const host of ['127.0.0.1', 'localhost'])
      expect(await failureAt(`http://${host}:${port}`)).toMatchObject({
        isOutcomeUnknown: false,
        retryable: true,
        message: `The server at http://${host}:${port} could not be reached (ECONNREFUSED).`,
      });
  });

  it('because there is no such host has not happened', async () => {
    expect(await failureAt('http://no-such-host.invalid')).toMatchObject({ isOutcomeUnknown: false });
  });

  it('because the certificate is nobody’s, or another’s, has not happened', async () => {
    const { cert, key } = createAuthority().issue(['another.example.com']);
    await using server = await listening(createHttpsServer({ cert, key }));
    const error = await failureAt(`https://127.0.0.1:${server.port}`);
    expect(error).toMatchObject({ isOutcomeUnknown: false });
    expect(error.message).toMatch(/could not be reached \(.*CERT|UNABLE_TO/);
  });

  it('because the port speaks no TLS has not happened', async () => {
    await using server = await listening(createHttpServer());
    expect(await failureAt(`https://127.0.0.1:${server.port}`)).toMatchObject({ isOutcomeUnknown: false });
  });

  it('because fetch asks nothing of that port fails at once', async () => {
    expect(await failureAt('http://127.0.0.1:1')).toMatchObject({
      ...{ isOutcomeUnknown: false, retryable: false },
      message: 'The server at http://127.0.0.1:1 could not be reached (bad port).',
    });
  });

  it.for(['two\nlines', 'naïve — “quoted”'])(
    'because no header can carry the token fails at once, and does not show it: %j',
    async (token) => {
      await using proxy = await faultyProxy(null, []);
      const error = await failureAt(proxy.url, { token: () => token });
      expect(error).toMatchObject({ isOutcomeUnknown: false, retryable: false });
      expect(error.message).toContain('"authorization"');
      expect(error.message).not.toContain(token);
      expect(String(error.cause)).not.toContain(token);
      expect(proxy.requests).toHaveLength(0);
    },
  );
});

describe('a turn that a proxy refused', () => {
  it.for([404, 413, 429, 431])('with status %i has not happened', async (status) => {
    await using proxy = await faultyProxy(
      null,
      [1, 2].map(() => ({ status, body: '' })),
    );
    expect(await failureAt(proxy.url)).toMatchObject({ httpStatus: status, isOutcomeUnknown: false });
  });

  it.for([200, 408, 500, 502, 503, 504])('with status %i may have happened', async (status) => {
    await using proxy = await faultyProxy(
      null,
      [1, 2].map(() => ({ status, body: '' })),
    );
    expect(await failureAt(proxy.url)).toMatchObject({ httpStatus: status, isOutcomeUnknown: true });
  });
});

describe('a server whose header limit the token exceeds', () => {
  it('is reported to refuse the headers as too large, not to be unreachable', async () => {
    await using server = await listening(createHttpServer());
    expect(
      await failureAt(`http://127.0.0.1:${server.port}`, { token: () => 't'.repeat(17 * 1024) }),
    ).toMatchObject({
      ...{ httpStatus: 431, retryable: false, isOutcomeUnknown: false },
      message: expect.stringContaining('headers are too large') as unknown,
    });
  });
});

describe('a turn of which one try may have happened', () => {
  const page = { status: 429, body: '' };

  it.for<[string, Fault[], boolean]>([
    ['and the next was refused', ['cut before', page], true],
    ['and the next found the server too busy', ['cut before', 'OVERLOADED'], true],
    ['and the next was not let in', ['cut before', 'UNAUTHENTICATED'], true],
    ['and the next found that it has not', ['cut before', 'AGENT_FAILED'], false],
    ['after one that was refused', [page, 'cut before'], true],
    ['but none before it', [page, 'OVERLOADED'], false],
  ])('%s', async ([, faults, isOutcomeUnknown]) => {
    await using proxy = await faultyProxy(null, faults);
    const { client } = pacedClient({ url: proxy.url, retry: { attempts: 2 } });
    await expect(client.resume('c').turn('hello')).rejects.toMatchObject({ isOutcomeUnknown });
    expect(proxy.requests).toHaveLength(2);
  });

  it('is unknown where the server is gone by the next try', async () => {
    const proxy = await faultyProxy(null, ['cut before']);
    const { client } = pacedClient({
      url: proxy.url,
      retry: { attempts: 2 },
      onRetry: () => void proxy[Symbol.asyncDispose](),
      fetch: async (request, init) => {
        if (proxy.requests.length > 0) await new Promise((resolve) => setImmediate(resolve));
        return fetch(request, init);
      },
    });
    await expect(client.resume('c').turn('hello')).rejects.toMatchObject({
      isOutcomeUnknown: true,
      message: expect.stringContaining('could not be reached') as unknown,
    });
  });
});
