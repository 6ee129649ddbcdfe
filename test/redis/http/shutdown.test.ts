import { describe, expect, it } from 'vitest';
import { HeldAgent } from '../../support/held-agent.ts';
import { post } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const turn = (conversationId: string) => ({ conversationId, workflowId: 'travel', input: { type: 'open' } });

describe('a server that is told to stop', () => {
  it('lets the running turn finish and its answer arrive, and refuses new ones', async () => {
    const agent = new HeldAgent();
    const server = await startTestServer({ agent });
    const running = post(server.url, 'workflow.turn', turn('c'));
    const question = await agent.question();
    const stopped = server.stop();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    const refused = await post(server.url, 'workflow.turn', turn('other'));
    expect([refused.status, refused.error?.data.reason]).toEqual([503, 'SHUTTING_DOWN']);
    question.answer('in time');
    expect((await running).data).toMatchObject({ messages: [{ text: 'in time' }] });
    await stopped;
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
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
