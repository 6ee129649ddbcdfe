import { describe, expect, it } from 'vitest';
import { drive } from '../../../bench/measure/drive.ts';

describe('a load of the bench', () => {
  it('gives no conversation to two clients at once, and each client several in turn', async () => {
    const under = new Set<number>();
    const seen = new Set<number>();
    const run = await drive(
      async (conversation) => {
        expect(under.has(conversation)).toBe(false);
        under.add(conversation);
        seen.add(conversation);
        await new Promise((resolve) => setImmediate(resolve));
        under.delete(conversation);
      },
      { clients: 3, conversations: 7, until: { operations: 60 } },
    );
    expect(run.operations).toBe(60);
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('goes on until its time is over', async () => {
    const { operations, elapsedMs } = await drive(() => new Promise((resolve) => setImmediate(resolve)), {
      clients: 1,
      conversations: 1,
      until: { ms: 20 },
    });
    expect(operations).toBeGreaterThan(0);
    expect(elapsedMs).toBeGreaterThanOrEqual(20);
  });

  it('fails when an operation fails', async () => {
    const failing = drive(() => Promise.reject(new Error('refused')), {
      clients: 2,
      conversations: 2,
      until: { operations: 10 },
    });
    await expect(failing).rejects.toThrow('refused');
  });
});
