import { z } from 'zod';
import { faultPoints } from './armed-faults.ts';

/** What a faulty server in a process of its own tells the test, over its IPC channel. */
export const toldSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('armed') }),
  z.object({ type: z.literal('reached'), conversationId: z.string() }),
  z.object({ type: z.literal('stopping') }),
  z.object({ type: z.literal('heard'), conversation: z.string(), topic: z.string() }),
]);
export type Told = z.infer<typeof toldSchema>;

/** What the test tells it: where calls are to stay, or to stop the whole process and let them go on after that. */
export const orderSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('arm'), conversationId: z.string(), point: z.enum(faultPoints) }),
  z.object({ type: z.literal('stop') }),
]);
export type Order = z.infer<typeof orderSchema>;
