import { z } from 'zod';
import { quantile } from './statistics.ts';

/** The size of a load, and its end: after a time, or after a number of operations. */
export const loadSchema = z.object({
  clients: z.int().positive(),
  conversations: z.int().positive(),
  until: z.union([z.object({ ms: z.number() }), z.object({ operations: z.int().positive() })]),
});
export type Load = z.infer<typeof loadSchema>;

/** `cpuMs` is the CPU time of the measured process. */
export const runSchema = z.object({
  operations: z.int(),
  elapsedMs: z.number(),
  p99Ms: z.number(),
  cpuMs: z.number(),
});
export type Run = z.infer<typeof runSchema>;

/**
 * Runs an operation in a closed loop: each client begins its next one when its last one is done. A client has
 * conversations of its own, so that none waits for another, unless there are fewer conversations than clients.
 */
export async function drive(
  operate: (conversation: number) => Promise<unknown>,
  { clients, conversations, until }: Load,
): Promise<Run> {
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  let begun = 0;
  const goesOn = (): boolean =>
    'ms' in until ? performance.now() - began < until.ms : begun < until.operations;
  const client = async (first: number): Promise<void> => {
    for (let conversation = first; goesOn(); conversation = nextOf(conversation, first)) {
      begun += 1;
      const beganOne = performance.now();
      await operate(conversation);
      latencies.push(performance.now() - beganOne);
    }
  };
  const nextOf = (conversation: number, first: number): number =>
    conversation + clients < conversations ? conversation + clients : first;
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index % conversations)));
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    operations: latencies.length,
    elapsedMs: performance.now() - began,
    p99Ms: quantile(latencies, 0.99),
    cpuMs: (user + system) / 1_000,
  };
}
