import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../server/testing/index.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { post } from '../../support/post.ts';
import { rawConnection } from '../../support/raw-http.ts';
import { startTestServer } from '../../support/running-server.ts';

const turn = (conversationId: string) => ({ conversationId, workflowId: 'travel', input: { type: 'open' } });

const statusAt = async (url: string): Promise<number> => (await fetch(url)).status;
const refusal = { cause: { code: 'ECONNREFUSED' } };

/** A turn on a connection that its caller would keep. */
function turnRequest(url: string, conversationId: string): string {
  const body = JSON.stringify({ json: turn(conversationId) });
  const head = [
    ...['POST /trpc/workflow.turn HTTP/1.1', `Host: ${new URL(url).host}`],
    ...['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`],
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

describe('a server that is told to stop', () => {
  it('lets the running turn finish and its answer arrive, and refuses connections meanwhile', async () => {
    const agent = new HeldAgent();
    const server = await startTestServer({ agent });
    const running = post(server.url, 'workflow.turn', turn('c'));
    const question = await agent.question();
    const stopped = server.stop();
    // A proxy sends a call to another server if the connection is refused; a 503 it would hand on.
    await expect(fetch(`${server.url}/readyz`)).rejects.toMatchObject(refusal);
    await expect(post(server.url, 'workflow.turn', turn('other'))).rejects.toMatchObject(refusal);
    question.answer('in time');
    expect((await running).data).toMatchObject({ messages: [{ text: 'in time' }] });
    await stopped;
    expect(agent.asked).toBe(1);
  });

  it('closes an idle connection, and one with a running turn after its answer, which says so', async () => {
    const agent = new HeldAgent();
    const server = await startTestServer({ agent });
    await using idle = await rawConnection(server.url);
    idle.send(`GET /livez HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n\r\n`);
    await idle.until(/alive/);
    await using busy = await rawConnection(server.url);
    busy.send(turnRequest(server.url, 'c'));
    const question = await agent.question();
    const stopped = server.stop();
    await idle.closed;
    question.answer('in time');
    await busy.closed;
    expect(busy.received()).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n[^]*in time/);
    await stopped;
  });

  it('does not wait longer than its grace period for an agent that never answers', async () => {
    const agent = new HeldAgent();
    const server = await startTestServer({ agent, env: { SHUTDOWN_GRACE_MS: '50' } });
    const running = post(server.url, 'workflow.turn', turn('c')).catch(() => 'the connection broke');
    await agent.question();
    await server.stop();
    expect(await running).toBe('the connection broke');
  });
});

describe('a server with a SHUTDOWN_DELAY_MS that is told to stop', () => {
  it('fails /readyz for that time and still takes turns, but keeps no connection', async () => {
    const clock = new ManualClock();
    const server = await startTestServer({
      clock,
      env: { SHUTDOWN_DELAY_MS: '5000', METRICS_PORT: '0' },
    });
    server.agent.willAnswer({ text: 'Yes' });
    expect(await statusAt(`${server.url}/readyz`)).toBe(200);
    const stopped = server.stop();
    clock.advance(4_999);
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    expect(await (await fetch(server.metricsUrl ?? '')).text()).toMatch(/^turnkeeper_ready 0$/m);
    expect(await statusAt(`${server.url}/livez`)).toBe(200);
    await using kept = await rawConnection(server.url);
    kept.send(turnRequest(server.url, 'c'));
    await kept.closed;
    expect(kept.received()).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n/);
    clock.advance(1);
    await stopped;
    await expect(fetch(`${server.url}/readyz`)).rejects.toMatchObject(refusal);
  });
});
