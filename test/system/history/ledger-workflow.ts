import { defineWorkflow, z } from '../../../workflows/definition/index.ts';

export const ledgerFields = ['red', 'green', 'blue', 'note'] as const;

/** The workflow of every checked conversation: fields to write to, and a last one that no turn ever fills. */
export const ledger = defineWorkflow({
  id: 'ledger',
  version: 1,
  title: 'Ledger',
  steps: [
    {
      id: 'entries',
      title: 'Entries',
      collects: z.object({
        red: z.string().optional(),
        green: z.string().optional(),
        blue: z.string().optional(),
        note: z.string().optional(),
        closing: z.string(),
      }),
    },
  ],
});
