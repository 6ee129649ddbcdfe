import { z } from 'zod';

/** What a conversation came to, step by step, ready to be shown or filed. */
export const summarySchema = z.object({
  title: z.string(),
  turnCount: z.int().nonnegative(),
  /** Why it was ended, in the caller's words. */
  reason: z.string().optional(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      isComplete: z.boolean(),
      fields: z.array(z.object({ field: z.string(), label: z.string(), value: z.json() })),
    }),
  ),
});

export type Summary = z.infer<typeof summarySchema>;
