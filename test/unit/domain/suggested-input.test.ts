import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SuggestedInput } from '../../../contract/workflow-state.ts';
import { findPosition } from '../../../server/domain/position.ts';
import type { Progression } from '../../../server/domain/state.ts';
import { suggestedInputOf } from '../../../server/domain/view.ts';
import { progression, workflowOfSteps } from './domain-samples.ts';

const suggest = (schema: z.ZodType, state: Partial<Progression> = {}): SuggestedInput => {
  const workflow = workflowOfSteps([
    { id: 'first', title: 'First', collects: z.object({ field: schema, other: z.string() }) },
    { id: 'last', title: 'Last' },
  ]);
  const now = progression(state);
  return suggestedInputOf(now, findPosition(workflow, now));
};

describe('the control for the next answer', () => {
  it('is a choice among the values of an enumeration', () => {
    expect(suggest(z.enum(['low', 'high']))).toEqual({
      type: 'choice',
      field: 'field',
      choices: ['low', 'high'],
    });
  });

  it('is a confirmation for a yes-or-no field, naming it', () => {
    expect(suggest(z.boolean())).toEqual({ type: 'confirmation', field: 'field' });
  });

  it.each([
    ['text', z.string()],
    ['a number', z.int().min(1)],
    ['a date', z.iso.date()],
    ['several choices at once', z.array(z.enum(['a', 'b']))],
    ['numbers to choose from', z.literal([1, 2])],
  ])('is text for %s', (_kind, schema) => {
    expect(suggest(schema)).toEqual({ type: 'text', field: 'field' });
  });

  it('is for the next missing required field, passing over optional ones', () => {
    expect(suggest(z.boolean().optional())).toEqual({ type: 'text', field: 'other' });
    expect(suggest(z.boolean(), { collected: { field: false } })).toEqual({ type: 'text', field: 'other' });
  });

  it('is text for no field in particular in a step that misses none', () => {
    expect(suggest(z.string(), { collected: { field: 'a', other: 'b' } })).toEqual({ type: 'text' });
  });

  it('is a confirmation when the agent asked for one, whatever is missing', () => {
    expect(suggest(z.string(), { awaitsConfirmation: true })).toEqual({ type: 'confirmation' });
  });

  it.each(['completed', 'ended'] as const)('is none once the conversation is %s', (status) => {
    expect(suggest(z.string(), { status, awaitsConfirmation: true })).toEqual({ type: 'none' });
  });
});
