import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  allMissingFields,
  findPosition,
  missingFields,
  progressOf,
} from '../../../server/domain/position.ts';
import type { Progress } from '../../../contract/workflow-state.ts';
import type { Position } from '../../../server/domain/position.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { leave, leaveFields, workflowOfSteps } from './domain-samples.ts';

const at = (collected: Record<string, Json>, passedSteps: string[] = []): Position =>
  findPosition(leave, { collected, passedSteps });

describe('completion of a step', () => {
  it('needs every required field of a step that collects', () => {
    expect(at({ from: '2030-05-01' }).completed.has('dates')).toBe(false);
    expect(at(leaveFields).completed.has('dates')).toBe(true);
  });

  it('does not wait for optional fields', () => {
    expect(missingFields(at({}).current, {}).map(({ name }) => name)).toEqual(['from', 'days']);
  });

  it('of a step that collects nothing needs the word of the agent, and nothing else', () => {
    expect(at(leaveFields).completed.has('confirm')).toBe(false);
    expect(at({}, ['confirm']).completed.has('confirm')).toBe(true);
  });

  it('of a step that collects is not a matter of the word of the agent', () => {
    expect(at({}, ['dates']).completed.has('dates')).toBe(false);
  });

  it('is given from the start to a step whose fields are all optional', () => {
    const workflow = workflowOfSteps([
      { id: 'extras', title: 'Extras', collects: z.object({ note: z.string().optional() }) },
      { id: 'confirm', title: 'Confirm' },
    ]);
    const position = findPosition(workflow, { collected: {}, passedSteps: [] });
    expect([...position.completed]).toEqual(['extras']);
    expect(position.current.id).toBe('confirm');
  });

  it('counts false, zero and the empty string as values', () => {
    const workflow = workflowOfSteps([
      {
        id: 'only',
        title: 'Only',
        collects: z.object({ urgent: z.boolean(), count: z.int(), note: z.string() }),
      },
    ]);
    const collected = { urgent: false, count: 0, note: '' };
    expect(findPosition(workflow, { collected, passedSteps: [] }).isFinished).toBe(true);
  });
});

describe('the current step', () => {
  it('is the first incomplete one, even when later ones are complete', () => {
    expect(at({}, ['confirm']).current.id).toBe('dates');
    expect(at(leaveFields).current.id).toBe('confirm');
  });

  it('passes over steps that do not apply', () => {
    expect(at({ ...leaveFields, days: 6 }).current.id).toBe('cover');
    expect(at({ ...leaveFields, days: 5 }).current.id).toBe('confirm');
  });

  it('is the last applicable one when all are complete', () => {
    const position = at(leaveFields, ['confirm']);
    expect(position.isFinished).toBe(true);
    expect(position.current.id).toBe('confirm');
  });

  it('is the last step, and the workflow finished, when conditions leave out every step', () => {
    const workflow = workflowOfSteps([
      { id: 'first', title: 'First', when: () => false, collects: z.object({ name: z.string() }) },
      { id: 'second', title: 'Second', when: () => false, collects: z.object({ city: z.string() }) },
    ]);
    const position = findPosition(workflow, { collected: {}, passedSteps: [] });
    expect(position.isFinished).toBe(true);
    expect(progressOf(position)).toEqual({
      currentStep: 'second',
      stepNumber: 1,
      totalSteps: 1,
      completedSteps: 1,
      percentComplete: 100,
      fieldsCollected: 0,
      fieldsRequired: 0,
      steps: [
        { id: 'first', title: 'First', state: 'skipped' },
        { id: 'second', title: 'Second', state: 'done' },
      ],
    });
  });
});

describe('progress', () => {
  it('numbers steps from 1 and counts only those that apply', () => {
    expect(progressOf(at(leaveFields))).toMatchObject({
      currentStep: 'confirm',
      stepNumber: 2,
      totalSteps: 2,
      completedSteps: 1,
      percentComplete: 50,
    });
    expect(progressOf(at({ ...leaveFields, days: 6 }))).toMatchObject({
      currentStep: 'cover',
      stepNumber: 2,
      totalSteps: 3,
      completedSteps: 1,
      percentComplete: 33,
    });
  });

  it('says of each step whether it is done, current, ahead or skipped', () => {
    const states = (position: Position) =>
      progressOf(position).steps.map(({ id, state }) => `${id} ${state}`);
    expect(states(at({}))).toEqual(['dates current', 'cover skipped', 'confirm ahead']);
    expect(states(at({ days: 9 }))).toEqual(['dates current', 'cover ahead', 'confirm ahead']);
    expect(states(at(leaveFields))).toEqual(['dates done', 'cover skipped', 'confirm current']);
    expect(states(at({ ...leaveFields, days: 6 }))).toEqual(['dates done', 'cover current', 'confirm ahead']);
    const later = at({ days: 6, colleague: 'Ben' });
    expect(states(later)).toEqual(['dates current', 'cover done', 'confirm ahead']);
    expect(states(at(leaveFields, ['confirm']))).toEqual(['dates done', 'cover skipped', 'confirm done']);
  });

  it('counts the required fields of the steps that apply, and those of them that have a value', () => {
    const counts = ({ fieldsCollected, fieldsRequired }: Progress) => [fieldsCollected, fieldsRequired];
    expect(counts(progressOf(at({})))).toEqual([0, 2]);
    expect(counts(progressOf(at({ days: 6, note: 'Optional fields do not count' })))).toEqual([1, 3]);
    expect(counts(progressOf(at(leaveFields)))).toEqual([2, 2]);
  });

  it.each([
    { completed: 0, total: 3, percent: 0 },
    { completed: 1, total: 3, percent: 33 },
    { completed: 2, total: 3, percent: 67 },
    { completed: 1, total: 8, percent: 13 },
    { completed: 99, total: 100, percent: 99 },
    { completed: 100, total: 100, percent: 100 },
  ])('rounds $completed of $total steps to $percent percent', ({ completed, total, percent }) => {
    const ids = Array.from({ length: total }, (_, index) => `step-${index}`);
    const workflow = workflowOfSteps(ids.map((id) => ({ id, title: id })));
    const position = findPosition(workflow, { collected: {}, passedSteps: ids.slice(0, completed) });
    expect(progressOf(position).percentComplete).toBe(percent);
  });
});

describe('the list of all missing fields', () => {
  it('holds every required field of the applicable steps, in their order', () => {
    const names = (collected: Record<string, Json>): string[] =>
      allMissingFields(at(collected), collected).map(({ name }) => name);
    expect(names({})).toEqual(['from', 'days']);
    expect(names({ days: 9 })).toEqual(['from', 'colleague']);
    expect(names(leaveFields)).toEqual([]);
  });
});
