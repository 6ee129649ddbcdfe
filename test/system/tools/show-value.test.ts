import { describe, expect, it } from 'vitest';
import { showCollected, showField, showMoment, labelsOf } from '../../../cli/support/show-value.ts';

const labels = labelsOf({
  id: 'order',
  version: 1,
  title: 'Order',
  steps: [
    {
      id: 'item',
      title: 'Item',
      fields: {
        type: 'object',
        properties: {
          neededBy: { type: 'string', format: 'date' },
          price: { type: 'number', title: 'Price (EUR)' },
          taxID: { type: 'string' },
        },
      },
    },
    { id: 'confirm', title: 'Confirm', fields: null },
    {
      id: 'delivery',
      title: 'Delivery',
      fields: {
        type: 'object',
        properties: {
          is_abroad: { type: 'boolean' },
          pickUp: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
          daysOff: { type: 'array', items: { type: 'number' } },
          address: { type: 'object' },
        },
      },
    },
  ],
});

describe('a field is shown', () => {
  it.for([
    ['with its name, its words apart', 'taxID', 'GB 12', 'Tax ID: GB 12'],
    ['with its title', 'price', 1234567.5, 'Price (EUR): 1,234,567.5'],
    ['as a day with its weekday', 'neededBy', '2027-02-01', 'Needed by: Monday 1 February 2027'],
    [
      'as a time, in UTC',
      'pickUp',
      '2027-02-01T09:30:00+01:00',
      'Pick up: Monday 1 February 2027, 08:30 UTC',
    ],
    ['as yes', 'is_abroad', true, 'Is abroad: yes'],
    ['as no', 'is_abroad', false, 'Is abroad: no'],
    ['as a list', 'daysOff', [1, 2000], 'Days off: 1, 2,000'],
    ['as JSON where it is an object', 'address', { city: 'Ulm' }, 'Address: {"city":"Ulm"}'],
    ['as it is where it is no date', 'taxID', '2027-02-01', 'Tax ID: 2027-02-01'],
    ['under its name where the definition has it no more', 'shoe_size', 1200, 'shoe_size: 1,200'],
    ['without what could steer the terminal', 'taxID', 'a\u001b[2Jb', 'Tax ID: a[2Jb'],
  ] as const)('%s', ([, name, value, shown]) => {
    expect(showField(name, value, labels)).toBe(shown);
  });
});

it('shows what is collected in the order of the steps, whatever came first', () => {
  const collected = { shoe_size: 44, is_abroad: true, price: 5, neededBy: '2027-02-01' };
  expect(showCollected(collected, labels)).toEqual([
    'Needed by: Monday 1 February 2027',
    'Price (EUR): 5',
    'Is abroad: yes',
    'shoe_size: 44',
  ]);
});

it('shows a moment with its month as a word and its hours to 24, in local time', () => {
  expect(showMoment(new Date(2026, 10, 24, 3, 7))).toBe('24 November 2026, 03:07');
  expect(showMoment(new Date(2026, 0, 1, 0, 0))).toBe('1 January 2026, 00:00');
});
