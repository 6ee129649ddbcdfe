import type { Json } from '../../../../workflows/definition/json.ts';
import type { CardRules } from '../../../../server/domain/card-rules.ts';

/** The rules of a workflow whose definition does not mention cards. */
export const usualRules: CardRules = { allowedActions: null, allowedHosts: [] };

export function cardOf(body: Json[], actions: Json[] = [{ type: 'Action.Submit', title: 'Send' }]): Json {
  return { type: 'AdaptiveCard', version: '1.5', body, actions };
}

/** A form for a business trip with one input of each kind; only the city is required. */
export const tripForm = cardOf(
  [
    { type: 'TextBlock', text: 'Your trip', weight: 'Bolder' },
    {
      type: 'ColumnSet',
      columns: [
        {
          type: 'Column',
          items: [
            {
              type: 'Input.Text',
              id: 'city',
              label: 'City',
              isRequired: true,
              errorMessage: 'Where to?',
              maxLength: 20,
              regex: '^[A-Z][a-z]+$',
            },
          ],
        },
        { type: 'Column', items: [{ type: 'Input.Number', id: 'nights', min: 1, max: 30 }] },
      ],
    },
    {
      type: 'Container',
      items: [
        { type: 'Input.Date', id: 'from', min: '2026-01-01', max: '2026-12-31' },
        { type: 'Input.Time', id: 'at', min: '06:00', max: '22:00' },
        { type: 'Input.Toggle', id: 'isAbroad', title: 'Abroad', valueOn: 'yes', valueOff: 'no' },
      ],
    },
    {
      type: 'Input.ChoiceSet',
      id: 'by',
      choices: [
        { title: 'Train', value: 'train' },
        { title: 'Plane', value: 'plane' },
      ],
    },
    {
      type: 'Input.ChoiceSet',
      id: 'needs',
      isMultiSelect: true,
      style: 'expanded',
      choices: [
        { title: 'A hotel', value: 'hotel' },
        { title: 'A car', value: 'car' },
        { title: 'Food, drinks', value: 'food,drinks' },
      ],
    },
  ],
  [
    { type: 'Action.Submit', title: 'Send', id: 'send', data: { form: 'trip', version: 2 } },
    {
      type: 'Action.Submit',
      title: 'Cancel',
      id: 'cancel',
      data: { form: 'none' },
      associatedInputs: 'none',
    },
  ],
);

/** A request for approval whose two verbs submit the same data; a nested card takes a reason. */
export const approval = cardOf(
  [
    { type: 'TextBlock', text: 'Ana asks for 3 days off.' },
    { type: 'Input.Text', id: 'note' },
  ],
  [
    { type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { request: 'r-1' } },
    { type: 'Action.Execute', title: 'Reject', verb: 'reject', data: { request: 'r-1' } },
    {
      type: 'Action.ShowCard',
      title: 'Ask back',
      card: {
        type: 'AdaptiveCard',
        body: [{ type: 'Input.Text', id: 'question', isRequired: true, isMultiline: true }],
        actions: [{ type: 'Action.Submit', id: 'ask', title: 'Ask', data: { request: 'r-1', ask: true } }],
      },
    },
  ],
);
