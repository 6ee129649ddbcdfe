import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { text } from '../contract/sample-workflows.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { post } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const mostInLine = 8;

describe('one user with one slow turn, and very many calls that wait for it', () => {
  it('leaves room for other users’ turns, on every server', { timeout: 300_000 }, async () => {
    const agent = new HeldAgent();
    const env = { REDIS_PREFIX: `t-${randomUUID().slice(0, 8)}`, TURN_WAIT_MAX_MS: '60000' };
    await using here = await startTestServer({ agent, env });
    await using there = await startTestServer({ agent, env });
    const turn = (url: string, user: string, turnId: string, how: object = {}) =>
      post(
        url,
        'workflow.turn',
        { conversationId: 'c', workflowId: 'travel', turnId, input: text('hello'), ...how },
        { 'x-dev-user': user },
      );
    const slow = turn(here.url, 'greedy', 'slow');
    const { answer } = await agent.question();
    let refused = 0;
    const waiting = Array.from({ length: 260 }, async (_, index) => {
      const { url } = index % 4 === 0 ? there : here;
      const { status, error } = await turn(url, 'greedy', `waiting-${index}`, { whenBusy: 'wait' });
      if (error === null) return status;
      expect(error.data).toMatchObject({ reason: 'TURN_IN_PROGRESS', retryable: true, retryAfterMs: 1_000 });
      refused += 1;
      return status;
    });
    await expect.poll(() => refused, { timeout: 30_000 }).toBe(260 - mostInLine);

    for (const { url } of [here, there]) {
      const other = turn(url, `calm-${url}`, 'mine');
      (await agent.question()).answer();
      expect(await other).toMatchObject({ status: 200, error: null });
    }
    answer();
    for (let count = 0; count < mostInLine; count += 1) (await agent.question()).answer();
    expect((await slow).status).toBe(200);
    expect((await Promise.all(waiting)).filter((status) => status === 200)).toHaveLength(mostInLine);
  });
});
