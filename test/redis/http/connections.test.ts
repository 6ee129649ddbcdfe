import { describe, expect, it } from 'vitest';
import { rawConnection } from '../../support/raw-http.ts';
import { startTestServer } from '../../support/running-server.ts';

const probe = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';

describe('an idle connection', () => {
  it('is kept for longer than load balancers keep theirs', async () => {
    await using server = await startTestServer();
    await using connection = await rawConnection(server.url);
    connection.send(probe);
    const answer = await connection.until(/"alive"/);
    expect(Number(/Keep-Alive: timeout=(\d+)/.exec(answer)?.[1])).toBeGreaterThanOrEqual(65);
  });

  it('is kept for as long as HTTP_KEEP_ALIVE_MS says', async () => {
    await using server = await startTestServer({ env: { HTTP_KEEP_ALIVE_MS: '1000' } });
    await using connection = await rawConnection(server.url);
    connection.send(probe);
    expect(await connection.until(/"alive"/)).toContain('Keep-Alive: timeout=1\r\n');
    await connection.closed;
  });

  it('does not keep a server from stopping', async () => {
    const server = await startTestServer();
    await using connection = await rawConnection(server.url);
    connection.send(probe);
    await connection.until(/"alive"/);
    await server.stop();
    await connection.closed;
  });
});

describe('more connections than a server has', () => {
  it('are closed unanswered, and others go on', async () => {
    await using server = await startTestServer({ env: { MAX_CONNECTIONS: '2' } });
    await using first = await rawConnection(server.url);
    await using second = await rawConnection(server.url);
    first.send(probe);
    await first.until(/"alive"/);
    {
      await using third = await rawConnection(server.url);
      third.send(probe);
      await third.closed;
      expect(third.received()).toBe('');
    }
    second.send(probe);
    await second.until(/"alive"/);
  });
});
