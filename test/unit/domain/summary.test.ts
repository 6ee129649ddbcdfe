import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findPosition } from '../../../server/domain/position.ts';
import { firstValuesOf, labelOf, summarize } from '../../../server/domain/summary.ts';
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

describe('what happens next', () => {
  it('is told to somebody who has completed the workflow, and to nobody else', () => {
    const workflow = { ...leave, whatHappensNext: 'We answer within two days.' };
    const told = (outcome: 'completed' | 'cancelled' | undefined) => {
      const state = storedState(outcome === undefined ? {} : { outcome });
      return summarize(workflow, findPosition(workflow, state), state).whatHappensNext;
    };
    expect(told('completed')).toBe('We answer within two days.');
    expect([told('cancelled'), told(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('the values that name a conversation', () => {
  const valuesOf = (...args: Parameters<typeof firstValuesOf>) =>
    firstValuesOf(...args).map(({ label, value }) => `${label}: ${value}`);

  it('are the first two in the order of the definition, whatever the order in which they came', () => {
    const workflow = workflowOfSteps([
      { id: 'list', title: 'List', collects: z.object({ lines: z.array(z.string()) }) },
      { id: 'one', title: 'One', collects: z.object({ name: z.string(), size: z.int(), more: z.boolean() }) },
    ]);
    const collected = { more: true, size: 7, name: 'n'.repeat(200), lines: ['a'] };
    expect(valuesOf(workflow, { collected, summary: undefined })).toEqual([
      `Name: ${'n'.repeat(79)}…`,
      'Size: 7',
    ]);
    expect(valuesOf(workflow, { collected: { more: false }, summary: undefined })).toEqual(['More: false']);
  });

  it('are those of its summary once it has finished, whatever has become of the definition', () => {
    const state = storedState({ collected: { days: 3 } });
    const summary = summarize(leave, findPosition(leave, state), state);
    expect(valuesOf(undefined, { collected: state.collected, summary })).toEqual(['Days: 3']);
    expect(valuesOf(undefined, { collected: state.collected, summary: undefined })).toEqual([]);
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
