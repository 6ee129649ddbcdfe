import { z } from 'zod';
import { faultPoints } from '../../redis/fault-points/armed-faults.ts';

/** A fault that a process causes itself when a call reaches a race window. */
const selfFaultSchema = z.object({
  point: z.enum(faultPoints),
  /** Number of calls that pass first. */
  after: z.number(),
  action: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('kill') }),
    /** Stops the process until it gets SIGCONT. */
    z.object({ kind: z.literal('stop') }),
    /** Blocks the process for this long. */
    z.object({ kind: z.literal('block'), forMs: z.number() }),
    /** Delays the one call. */
    z.object({ kind: z.literal('delay'), forMs: z.number() }),
  ]),
});
export type SelfFault = z.infer<typeof selfFaultSchema>;

/** The commands from the test to a server under test, over its IPC channel. */
export const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('arm'), fault: selfFaultSchema }),
  z.object({ type: z.literal('disarm') }),
  z.object({ type: z.literal('jump'), byMs: z.number() }),
  /** Lets the agent answer the turns that wait to be told. */
  z.object({ type: z.literal('answer') }),
]);
export type Command = z.infer<typeof commandSchema>;

/** The server's reply, sent once. */
export const readySchema = z.object({ url: z.string() });
