import { defineWorkflow, z } from '../../../workflows/definition/index.ts';

/** Two collecting steps, one of them conditional, and a confirmation. */
export const travel = defineWorkflow({
  id: 'travel',
  version: 2,
  title: 'Business trip',
  steps: [
    {
      id: 'trip',
      title: 'Trip',
      collects: z.object({
        destination: z.string().min(2).describe('Where to'),
        departure: z.iso.date(),
        nights: z.int().min(0).max(30),
        isAbroad: z.boolean(),
        note: z.string().max(100).optional(),
      }),
    },
    {
      id: 'visa',
      title: 'Visa',
      when: ({ isAbroad }) => isAbroad === true,
      collects: z.object({ visa: z.enum(['have', 'need', 'exempt']) }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

/** The survey has nothing to confirm: it is complete as soon as its fields are. */
export const survey = defineWorkflow({
  id: 'survey',
  version: 1,
  title: 'Survey',
  steps: [{ id: 'rating', title: 'Rating', collects: z.object({ rating: z.int().min(1).max(5) }) }],
});

export const faultDetail = 'the secret detail';

/** The condition throws as soon as there is a name: an unforeseen error. */
export const faulty = defineWorkflow({
  id: 'faulty',
  version: 1,
  title: 'Faulty',
  steps: [
    { id: 'first', title: 'First', collects: z.object({ name: z.string() }) },
    {
      id: 'second',
      title: 'Second',
      when: ({ name }) => {
        if (name === undefined) return false;
        throw new Error(faultDetail);
      },
    },
  ],
});

/** An answer that makes the condition throw. */
export const faultyAnswer = { text: 'Noted.', data: { name: 'Ann' } };

/** Every field that `travel` requires, for a trip that needs no visa. */
export const tripAtHome = {
  destination: 'Bergen',
  departure: '2026-03-01',
  nights: 2,
  isAbroad: false,
};

export const text = (words: string) => ({ type: 'text', text: words }) as const;
