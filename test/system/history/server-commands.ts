import { z } from 'zod';
import { faultPoints } from '../../redis/fault-points/armed-faults.ts';

/** The ways in which a process faults itself when a call reaches a race window. */
const selfFaultSchema = z.object({
  point: z.enum(faultPoints),
  /** Lets so many calls pass first. */
  after: z.number(),
  action: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('kill') }),
    /** Stops the process until it is told to go on (SIGCONT). */
    z.object({ kind: z.literal('stop') }),
    /** Stops everything in the process for so long. */
    z.object({ kind: z.literal('block'), forMs: z.number() }),
    /** Holds up the one call. */
    z.object({ kind: z.literal('delay'), forMs: z.number() }),
  ]),
});
export type SelfFault = z.infer<typeof selfFaultSchema>;

/** The commands from the test to a server under test, over its IPC channel. */
export const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('arm'), fault: selfFaultSchema }),
  z.object({ type: z.literal('disarm') }),
  z.object({ type: z.literal('jump'), byMs: z.number() }),
]);
export type Command = z.infer<typeof commandSchema>;

/** Its answer, sent once. */
export const readySchema = z.object({ url: z.string() });
