import { describe, it } from 'vitest';
import { walkThrough } from './support/walk-through.ts';

/** The only browser test of `npm test`; the others are in `npm run test:all`. */
describe('the chat page in a real browser', () => {
  it(
    'plays a leave request from the start page to the summary and its JSON',
    walkThrough({
      title: 'Leave request',
      answers: [
        { by: 'date', value: '2027-07-05', label: 'First day off' },
        { by: 'number', value: '10', label: 'Working days' },
        { by: 'button', name: 'annual leave', label: 'Kind of leave' },
        { by: 'words', words: 'Priya Raman', label: 'Covered by' },
      ],
      collected: { from: '2027-07-05', days: 10, kind: 'annual leave', coveredBy: 'Priya Raman' },
    }),
  );
});
