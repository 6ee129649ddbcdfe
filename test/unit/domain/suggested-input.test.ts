import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SuggestedInput } from '../../../contract/workflow-state.ts';
import { findPosition } from '../../../server/domain/position.ts';
import type { Progression } from '../../../server/domain/state.ts';
import { controlsOf } from '../../../server/domain/view.ts';
import type { Controls } from '../../../server/domain/view.ts';
import { progression, workflowOfSteps } from './domain-samples.ts';

const controls = (schema: z.ZodType, state: Partial<Progression> = {}): Controls => {
  const workflow = workflowOfSteps([
    { id: 'first', title: 'First', collects: z.object({ field: schema, other: z.string() }) },
    { id: 'last', title: 'Last' },
  ]);
  const now = progression(state);
  return controlsOf(now, findPosition(workflow, now));
};
const suggest = (schema: z.ZodType, state: Partial<Progression> = {}): SuggestedInput =>
  controls(schema, state).suggestedInput;

const field = { field: 'field', title: 'Field', required: true };
const other = { type: 'text', field: 'other', title: 'Other', required: true };

describe('the control for the next answer', () => {
  it('is a choice among the values of an enumeration', () => {
    expect(suggest(z.enum(['low', 'high']))).toEqual({
      ...field,
      type: 'choice',
      choices: [
        { value: 'low', title: 'low' },
        { value: 'high', title: 'high' },
      ],
    });
  });

  it('is a confirmation for a yes-or-no field, naming it', () => {
    expect(suggest(z.boolean())).toEqual({ ...field, type: 'confirmation' });
  });

  it.each([
    ['text', z.string(), { type: 'text' }],
    ['a text of few characters', z.string().max(140), { type: 'text', maxLength: 140 }],
    ['a long text', z.string().max(2_000), { type: 'longText', maxLength: 2_000 }],
    ['a text that is described as one', z.string().meta({ description: 'a note' }), { type: 'longText' }],
    ['a text that says so itself', z.string().meta({ input: 'longText' }), { type: 'longText' }],
    ['a whole number', z.int().min(1).max(60), { type: 'number', min: 1, max: 60, step: 1 }],
    ['an amount of money', z.number().multipleOf(0.01), { type: 'number', step: 0.01 }],
    ['any whole number', z.int(), { type: 'number', step: 1 }],
    ['a date', z.iso.date(), { type: 'date' }],
    ['a time', z.iso.time(), { type: 'time' }],
    ['a moment', z.iso.datetime(), { type: 'dateTime' }],
    ['an email address', z.email(), { type: 'email' }],
    ['a web address', z.url(), { type: 'url' }],
    ['a phone number', z.e164(), { type: 'phone' }],
    ['a phone number by its words', z.string().describe('your phone number'), { type: 'phone' }],
    ['a phone number that says so itself', z.string().meta({ input: 'phone' }), { type: 'phone' }],
    ['a list of texts', z.array(z.string()), { type: 'text' }],
    ['numbers to choose from', z.literal([1, 2]), { type: 'number' }],
  ])('fits %s', (_kind, schema, control) => {
    expect(suggest(schema)).toEqual({ ...field, ...control });
  });

  it('is a group for a list of objects, with the controls of its items', () => {
    expect(suggest(z.array(z.object({ name: z.string(), size: z.int().optional() })).max(9))).toEqual({
      ...field,
      type: 'group',
      max: 9,
      itemTitle: 'Item',
      items: [
        { type: 'text', field: 'name', title: 'Name', required: true },
        { type: 'number', field: 'size', title: 'Size', required: false, step: 1 },
      ],
    });
  });

  it('is several choices for a list of them', () => {
    expect(suggest(z.array(z.enum(['a', 'b'])).min(1))).toEqual({
      ...field,
      type: 'choices',
      min: 1,
      choices: [
        { value: 'a', title: 'a' },
        { value: 'b', title: 'b' },
      ],
    });
  });

  it('has the title and those examples of the schema that fit', () => {
    const schema = z.email().meta({ title: 'Contact', examples: ['ann@example.com', 'ann'] });
    expect(suggest(schema)).toMatchObject({ title: 'Contact', examples: ['ann@example.com'] });
  });

  it('is for the next missing required field, passing over optional ones', () => {
    expect(suggest(z.boolean().optional())).toEqual(other);
    expect(suggest(z.boolean(), { collected: { field: false } })).toEqual(other);
  });

  it('is text for no field in particular in a step that misses none', () => {
    expect(suggest(z.string(), { collected: { field: 'a', other: 'b' } })).toEqual({ type: 'text' });
  });

  it('is a confirmation when the agent asked for one, whatever is missing', () => {
    expect(suggest(z.string(), { awaitsConfirmation: true })).toEqual({ type: 'confirmation' });
  });

  it.each(['completed', 'ended'] as const)('is none once the conversation is %s', (status) => {
    const state = { status, awaitsConfirmation: true };
    expect(controls(z.string(), state)).toEqual({ suggestedInput: { type: 'none' }, open: [] });
  });
});

describe('the open fields', () => {
  it('are those of the current step that have no value, optional ones too', () => {
    const optional = { ...field, required: false, type: 'confirmation' };
    expect(controls(z.boolean().optional()).open).toEqual([optional, other]);
    expect(controls(z.boolean(), { collected: { field: true } }).open).toEqual([other]);
  });

  it('stay open while the agent waits for a confirmation', () => {
    const { open } = controls(z.string(), { awaitsConfirmation: true });
    expect(open.map((each) => each.field)).toEqual(['field', 'other']);
  });
});
