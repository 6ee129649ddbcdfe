import { z } from 'zod';
import { faultPoints } from './armed-faults.ts';

/** The messages of a faulty server in a child process to the test, over the IPC channel. */
export const toldSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('armed') }),
  z.object({ type: z.literal('reached'), conversationId: z.string() }),
  z.object({ type: z.literal('stopping') }),
  z.object({ type: z.literal('heard'), conversation: z.string(), topic: z.string() }),
]);
export type Told = z.infer<typeof toldSchema>;

/** The test's orders: hold a call at a window, or stop the whole process and then let the calls continue. */
export const orderSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('arm'), conversationId: z.string(), point: z.enum(faultPoints) }),
  z.object({ type: z.literal('stop') }),
]);
export type Order = z.infer<typeof orderSchema>;
