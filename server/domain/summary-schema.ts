import { z } from 'zod';
import type { Json } from '../../workflows/definition/json.ts';

/**
 * What a conversation came to, step by step, ready to be shown or filed.
 *
 * @example
 * ```ts
 * const lines = (summary: Summary): string[] =>
 *   summary.steps.flatMap(({ fields }) => fields.map(({ label, value }) => `${label}: ${String(value)}`));
 * ```
 */
export interface Summary {
  title: string;
  turnCount: number;
  /** Why it was ended, in the caller's words. */
  reason?: string | undefined;
  steps: {
    id: string;
    title: string;
    isComplete: boolean;
    fields: { field: string; label: string; value: Json }[];
  }[];
}

export const summarySchema: z.ZodType<Summary> = z.object({
  title: z.string(),
  turnCount: z.int().nonnegative(),
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
