import { z } from 'zod';
import { defineWorkflow } from '../../../../workflows/definition/index.ts';

/** Its condition reads a field as JSON: for other text, the error of JSON.parse quotes it. */
export default defineWorkflow({
  id: 'claims',
  version: 1,
  title: 'Claims',
  steps: [
    { id: 'claim', title: 'Claim', collects: z.object({ note: z.string(), amount: z.number().optional() }) },
    {
      id: 'review',
      title: 'Review',
      when: ({ note }) => {
        if (note === undefined || !note.startsWith('[')) return true;
        const parsed: unknown = JSON.parse(note);
        return Array.isArray(parsed);
      },
    },
  ],
});
