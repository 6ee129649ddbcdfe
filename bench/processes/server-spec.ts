import { z } from 'zod';
import { storedSizesSchema } from './subject-spec.ts';

/** A server that is measured over HTTP. */
export const serverSpecSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('do-nothing') }),
  z.object({
    kind: z.literal('ideal-turn'),
    redisUrl: z.string(),
    prefix: z.string(),
    sizes: storedSizesSchema,
  }),
  z.object({
    kind: z.literal('ours'),
    redisUrl: z.string(),
    redisPrefix: z.string(),
    env: z.record(z.string(), z.string()).optional(),
  }),
]);

export type ServerSpec = z.infer<typeof serverSpecSchema>;

/** Bytes, after a collection of garbage. */
export const memorySchema = z.object({ heapUsed: z.number(), rss: z.number(), external: z.number() });
