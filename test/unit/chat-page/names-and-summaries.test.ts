import type { DefinitionResult, ListedConversation, Summary } from '@turnkeeper/client';
import { describe, expect, test } from 'vitest';
import { summaryAsText } from '../../../apps/chat/src/ending/summary-text.ts';
import { isFound, named } from '../../../apps/chat/src/start/conversation-name.ts';

const definition: DefinitionResult = {
  ...{ id: 'leave', version: 1, title: 'Leave request' },
  steps: [
    {
      ...{ id: 'dates', title: 'Dates' },
      fields: { properties: { from: { type: 'string', format: 'date' }, kind: { type: 'string' } } },
    },
  ],
};

const listed = (firstValues: ListedConversation['firstValues']): ListedConversation => ({
  ...{ conversationId: 'c', workflowId: 'leave', title: 'Leave request', status: 'active', turnCount: 1 },
  ...{ openedAt: new Date(0), updatedAt: new Date(0), firstValues },
  progress: {
    ...{ currentStep: 'dates', stepNumber: 1, totalSteps: 1, completedSteps: 0, percentComplete: 0 },
    ...{ fieldsCollected: 0, fieldsRequired: 1 },
  },
});

describe('a conversation in the list', () => {
  const from = { field: 'from', label: 'First day off', value: '2027-07-05' };
  const kind = { field: 'kind', label: 'Kind', value: 'Café' };
  const namings = named([listed([]), listed([from]), listed([from, kind])], [definition]).map(
    ({ naming }) => naming,
  );

  test('is named after what was collected first, as people write it', () => {
    expect(namings).toEqual([
      { name: 'Leave request', detail: null },
      { name: 'Leave request: Mon, 5 July 2027', detail: null },
      { name: 'Leave request: Mon, 5 July 2027', detail: 'Kind: Café' },
    ]);
  });

  test('is found by the beginnings of its words, without regard to capitals and accents', () => {
    const found = (search: string) => namings.map((naming) => isFound(search, naming));
    expect(found('july LEAVE')).toEqual([false, true, true]);
    expect(found('cafe')).toEqual([false, false, true]);
    expect(found('  ')).toEqual([true, true, true]);
  });
});

test('a summary as text has all that the page shows', () => {
  const summary: Summary = {
    ...{ title: 'Leave request', turnCount: 3, whatHappensNext: 'Your manager decides.' },
    steps: [
      {
        ...{ id: 'dates', title: 'Dates', isComplete: true },
        fields: [{ field: 'from', label: 'First day off', value: '2027-07-05' }],
      },
      { id: 'confirm', title: 'Confirm', isComplete: true, fields: [] },
    ],
  };
  const facts = { reference: 'c-1', definition };
  expect(summaryAsText(summary, { ...facts, isCompleted: true })).toBe(
    'Leave request is complete\n\nDates\nFirst day off: Mon, 5 July 2027\n\n' +
      'What happens next\nYour manager decides.\n\nReference: c-1',
  );
  expect(summaryAsText({ ...summary, reason: 'Ill' }, { ...facts, isCompleted: false })).toBe(
    'Leave request was cancelled\n\nReason: Ill\n\nDates\nFirst day off: Mon, 5 July 2027\n\nReference: c-1',
  );
});
