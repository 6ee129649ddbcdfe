import { describe, expect, it } from 'vitest';
import { startBothWays } from './two-ways.ts';

describe('a call that a limit refuses', () => {
  it('is answered with 429, Retry-After and the same time in milliseconds, on both ways', async () => {
    await using both = await startBothWays({ env: { USER_TURNS_PER_MINUTE: '1' } });
    const turn = async (turnId: string) => {
      const body = JSON.stringify({
        json: { conversationId: 'c', workflowId: 'travel', turnId, input: { type: 'open' } },
      });
      const lines = [
        'POST /trpc/workflow.turn HTTP/1.1',
        'Host: 127.0.0.1',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ];
      return both.ask(lines, body);
    };
    expect(await turn('first')).toMatchObject({ way: 'short', answer: { status: 200 } });
    const { expected, answer, way } = await turn('second');
    expect(way).toBe('short');
    for (const { status, head, body } of [expected, answer]) {
      expect(status).toBe(429);
      const seconds = Number(/^retry-after: (\d+)\r$/im.exec(head)?.[1]);
      const retryAfterMs = Number(/"retryAfterMs":(\d+)/.exec(body)?.[1]);
      expect(seconds).toBe(Math.ceil(retryAfterMs / 1000));
      expect(seconds).toBeGreaterThan(0);
    }
  });
});
