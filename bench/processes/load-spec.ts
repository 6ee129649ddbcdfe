import { z } from 'zod';

/** The servers that a load goes to, and whose conversations they are. */
export const loadSpecSchema = z.object({
  urls: z.tuple([z.string()], z.string()),
  users: z.int().positive(),
});

export const watchSchema = z.object({ watchers: z.int().positive(), conversations: z.int().positive() });

/**
 * Times since the turn was sent, in milliseconds: until its caller had the answer, and until each watcher had the turn.
 */
export const fanOutSchema = z.object({ answeredMs: z.number(), seenMs: z.array(z.number()) });
