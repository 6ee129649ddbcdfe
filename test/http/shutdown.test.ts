import { describe, expect, it } from 'vitest';
import { post } from '../support/post.ts';
import { startTestServer } from '../support/running-server.ts';

const turn = (conversationId: string) => ({ conversationId, workflowId: 'travel', input: { type: 'open' } });

describe('a server that is told to stop', () => {
  it('lets the running turn finish and its answer arrive, and refuses new ones', async () => {
    const server = await startTestServer();
    let release: () => void = () => undefined;
    const asked = new Promise<void>((wasAsked) => {
      server.agent.willAnswer(async () => {
        wasAsked();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return { text: 'in time' };
      });
    });
    const running = post(server.url, 'workflow.turn', turn('c'));
    await asked;
    const stopped = server.stop();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    const refused = await post(server.url, 'workflow.turn', turn('other'));
    expect([refused.status, refused.error?.data.reason]).toEqual([503, 'SHUTTING_DOWN']);
    release();
    expect((await running).data).toMatchObject({ messages: [{ text: 'in time' }] });
    await stopped;
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
  });

  it('does not wait longer than its grace period for an agent that never answers', async () => {
    const server = await startTestServer({ env: { SHUTDOWN_GRACE_MS: '50' } });
    const asked = new Promise<void>((wasAsked) => {
      server.agent.willAnswer(async () => {
        wasAsked();
        return new Promise(() => undefined);
      });
    });
    const running = post(server.url, 'workflow.turn', turn('c')).catch(() => 'the connection broke');
    await asked;
    await server.stop();
    expect(await running).toBe('the connection broke');
  });
});
