import { defineWorkflow, z } from 'turnkeeper/workflows';

// While `npm run dev` runs, what you save here takes effect with the next turn.
export default defineWorkflow({
  id: 'my-procedure',
  version: 1,
  title: 'My procedure',
  description: 'Ask for something that you need at work.',
  steps: [
    {
      id: 'request',
      title: 'Request',
      collects: z.object({
        item: z.string().min(2).max(100).describe('the thing that you need'),
        quantity: z.number().int().min(1).max(100).describe('how many of them you need'),
        urgency: z.enum(['today', 'this week', 'no hurry']).describe('how urgent it is'),
      }),
    },
    {
      id: 'reason',
      title: 'Reason',
      // Only conversations in which this is true have the step.
      when: ({ urgency }) => urgency === 'today',
      collects: z.object({ reason: z.string().min(5).max(300).describe('the reason for the hurry') }),
    },
    { id: 'confirm', title: 'Confirm', description: 'You confirm, and the request is complete.' },
  ],
});
