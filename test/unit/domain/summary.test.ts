import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findPosition } from '../../../server/domain/position.ts';
import { labelOf, summarize } from '../../../server/domain/summary.ts';
import type { Field } from '../../../server/domain/workflow.ts';
import { leave, storedState, workflowOfSteps } from './domain-samples.ts';

describe('a summary', () => {
  it('tells the applicable steps in order, each with its collected fields only', () => {
    const state = storedState({ collected: { note: 'by train', days: 3 }, turnCount: 5 });
    expect(summarize(leave, findPosition(leave, state), state)).toEqual({
      title: 'Sample',
      turnCount: 5,
      steps: [
        {
          id: 'dates',
          title: 'Dates',
          isComplete: false,
          fields: [
            { field: 'days', label: 'Days', value: 3 },
            { field: 'note', label: 'Note', value: 'by train' },
          ],
        },
        { id: 'confirm', title: 'Confirm', isComplete: false, fields: [] },
      ],
    });
  });

  it('says which steps are complete and why the conversation was ended', () => {
    const state = storedState({ passedSteps: ['confirm'], endReason: 'changed my mind' });
    const summary = summarize(leave, findPosition(leave, state), state);
    expect(summary.reason).toBe('changed my mind');
    expect(summary.steps.map(({ isComplete }) => isComplete)).toEqual([false, true]);
  });

  it('shows false, zero and the empty string as the values they are', () => {
    const workflow = workflowOfSteps([
      { id: 'only', title: 'Only', collects: z.object({ a: z.boolean(), b: z.int(), c: z.string() }) },
    ]);
    const state = storedState({ collected: { a: false, b: 0, c: '' } });
    const summary = summarize(workflow, findPosition(workflow, state), state);
    expect(summary.steps[0]?.fields.map(({ value }) => value)).toEqual([false, 0, '']);
  });
});

describe('a label', () => {
  const field = (name: string, schema: z.ZodType = z.string()): Field => {
    const found = workflowOfSteps([
      { id: 'only', title: 'Only', collects: z.object({ [name]: schema }) },
    ]).fields.get(name);
    if (found === undefined) throw new Error(`no field ${name}`);
    return found;
  };

  it('is the title of the schema, where it has one', () => {
    expect(labelOf(field('iban', z.string().meta({ title: 'Bank account' })))).toBe('Bank account');
  });

  it.each([
    ['companyName', 'Company name'],
    ['pickup_city', 'Pickup city'],
    ['new__alarm_name', 'New alarm name'],
    ['line2Address', 'Line2 address'],
    ['days', 'Days'],
    ['taxID', 'Tax ID'],
    ['vendorURL', 'Vendor URL'],
    ['IBAN', 'IBAN'],
  ])('is, for the name %s, "%s"', (name, label) => {
    expect(labelOf(field(name))).toBe(label);
  });
});
