import { expect } from 'vitest';
import { longestRefusalMs } from './traffic.ts';
import type { startTraffic } from './traffic.ts';

type Traffic = Awaited<ReturnType<typeof startTraffic>>;

/** Expects I1 and I4, whatever was lost: the stored turns are 1, 2, 3, …, each once. */
export async function expectSequence(traffic: Traffic, conversations: readonly string[]): Promise<void> {
  for (const conversationId of conversations) {
    const turns = await traffic.transcript(conversationId);
    expect(turns.map(({ number }) => number)).toEqual(turns.map((_, index) => index + 1));
    expect(new Set(turns.map(({ words }) => words)).size).toBe(turns.length);
  }
}

/** Expects that a refusal comes soon: no call waits for a Redis that hangs. */
export function expectQuickRefusals({ refusalsMs }: Traffic): void {
  expect(Math.max(...refusalsMs)).toBeLessThan(longestRefusalMs);
}

/** Expects that every acknowledged turn is stored, as it was acknowledged, and that no other is. */
export async function expectNothingLost(traffic: Traffic, conversations: readonly string[]): Promise<void> {
  for (const conversationId of conversations) {
    const told = traffic.acknowledged
      .filter((one) => one.conversationId === conversationId)
      .map(({ number, words, reply }) => ({ number, words, reply }));
    expect(await traffic.transcript(conversationId)).toEqual(told);
  }
}

/** The duration of the slowest turn, its repetitions included: the failover as a client sees it. */
function slowestTurnMs({ acknowledged }: Traffic): number {
  return Math.max(...acknowledged.map(({ sentAt, at }) => at - sentAt));
}

/** Measurements are printed, so that a slower failover is seen before it fails a test. */
export function report(what: string, traffic: Traffic): void {
  const times = [
    `slowest turn ${Math.round(slowestTurnMs(traffic))} ms`,
    `slowest refusal ${Math.round(Math.max(...traffic.refusalsMs))} ms`,
    `${traffic.acknowledged.length} turns acknowledged`,
  ];
  process.stdout.write(`failover: ${what}: ${times.join(', ')}\n`);
}
