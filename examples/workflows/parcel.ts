/** A workflow of your own. Start the server with it: `WORKFLOWS_DIR=examples/workflows npm start` */
import { defineWorkflow, z } from 'turnkeeper/workflows';

export default defineWorkflow({
  id: 'parcel',
  version: 1,
  title: 'Ship a parcel',
  steps: [
    {
      id: 'parcel',
      title: 'Parcel',
      collects: z.object({
        size: z.enum(['small', 'medium', 'large']).describe('the size of the parcel'),
        isAbroad: z.boolean().describe('whether the parcel goes abroad'),
      }),
    },
    {
      id: 'customs',
      title: 'Customs',
      when: ({ isAbroad }) => isAbroad === true,
      collects: z.object({ worth: z.number().min(0).describe('the value of the goods, in euros') }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});
