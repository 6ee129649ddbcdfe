import { describe, expect, test } from 'vitest';
import type { DefinitionResult, Progress, Summary } from '@turnkeeper/client';
import { stepStates } from '../../../apps/chat/src/progress/step-states.ts';

const collects = (names: readonly string[], required = names) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required,
});

/** `data-protection` is a conditional step; all fields of `extras` are optional. */
const definition: DefinitionResult = {
  id: 'vendor',
  version: 1,
  title: 'Vendor',
  steps: [
    { id: 'company', title: 'Company', fields: collects(['name']) },
    { id: 'data-protection', title: 'Data protection', fields: collects(['region']) },
    { id: 'extras', title: 'Extras', fields: collects(['note'], []) },
    { id: 'review', title: 'Review', fields: null },
  ],
};

interface At {
  readonly step: string;
  readonly number: number;
  readonly of: number;
  readonly completed: number;
}

function statesAt({ step, number, of, completed }: At, collected: object, summary: Summary | null = null) {
  const progress: Progress = {
    currentStep: step,
    stepNumber: number,
    totalSteps: of,
    completedSteps: completed,
    percentComplete: Math.round((100 * completed) / of),
    fieldsCollected: 0,
    fieldsRequired: 0,
    steps: [],
  };
  const { steps, ...counts } = stepStates(definition, { progress, collected: { ...collected }, summary });
  const numbers = steps.map(({ number }) => number);
  return { states: steps.map(({ state }) => state), numbers, ...counts };
}

/** The summary of a conversation in which these steps applied. */
const summaryOf = (steps: Readonly<Record<string, 'complete' | 'incomplete'>>): Summary => ({
  title: 'Vendor',
  turnCount: 4,
  steps: Object.entries(steps).map(([id, state]) => ({
    ...{ id, title: id },
    isComplete: state === 'complete',
    fields: [],
  })),
});

describe('the states of a workflow’s steps', () => {
  test('at the start, all steps are upcoming and one may not be needed', () => {
    const { states, undecided } = statesAt({ step: 'company', number: 1, of: 3, completed: 0 }, {});
    expect(states).toEqual(['current', 'upcoming', 'optional', 'upcoming']);
    expect(undecided).toBe(1);
  });

  test('a step before the current one that lacks an answer does not apply', () => {
    const { states, undecided } = statesAt(
      { step: 'review', number: 3, of: 3, completed: 2 },
      { name: 'Acme' },
    );
    expect(states).toEqual(['done', 'not-needed', 'done', 'current']);
    expect(undecided).toBe(0);
  });

  test('the current step has the number of the progress, and the others are counted from there', () => {
    const numbersAt = (at: At, collected: object, summary: Summary | null = null) =>
      statesAt(at, collected, summary).numbers;
    const start = { step: 'company', number: 1, of: 3, completed: 0 };
    expect(numbersAt(start, {})).toEqual([1, null, null, null]);
    expect(numbersAt({ ...start, of: 4 }, {})).toEqual([1, 2, 3, 4]);
    const review = { step: 'review', number: 3, of: 3, completed: 2 };
    expect(numbersAt(review, { name: 'Acme' })).toEqual([1, null, 2, 3]);
    expect(numbersAt(review, { name: 'Acme', region: 'EU' })).toEqual([null, null, null, 3]);
    const summary = summaryOf({ company: 'complete', extras: 'complete', review: 'complete' });
    expect(numbersAt({ ...review, completed: 3 }, { name: 'Acme', region: 'EU' }, summary)).toEqual([
      1,
      null,
      2,
      3,
    ]);
    expect(numbersAt({ ...review, step: 'gone' }, { name: 'Acme' })).toEqual([null, null, null, null]);
  });

  test('a step before the current one that is answered is done', () => {
    const { states } = statesAt(
      { step: 'review', number: 4, of: 4, completed: 3 },
      { name: 'Acme', region: 'EU' },
    );
    expect(states).toEqual(['done', 'done', 'done', 'current']);
  });

  test('if more steps are answered than counted, none is ticked, because any may no longer apply', () => {
    const { states, dropped } = statesAt(
      { step: 'review', number: 3, of: 3, completed: 2 },
      { name: 'Acme', region: 'EU' },
    );
    expect(states).toEqual(['answered', 'answered', 'answered', 'current']);
    expect(dropped).toBe(1);
  });

  test('once complete, no step is current, and steps that did not apply are not needed, answered or not', () => {
    const { states, dropped } = statesAt(
      { step: 'review', number: 3, of: 3, completed: 3 },
      { name: 'Acme', region: 'EU' },
      summaryOf({ company: 'complete', extras: 'complete', review: 'complete' }),
    );
    expect(dropped).toBe(0);
    expect(states).toEqual(['done', 'not-needed', 'done', 'done']);
  });

  test('once cancelled, the remaining steps are not completed', () => {
    const { states, undecided } = statesAt(
      { step: 'data-protection', number: 2, of: 4, completed: 1 },
      { name: 'Acme' },
      summaryOf({
        company: 'complete',
        'data-protection': 'incomplete',
        extras: 'incomplete',
        review: 'incomplete',
      }),
    );
    expect(states).toEqual(['done', 'unfinished', 'unfinished', 'unfinished']);
    expect(undecided).toBe(0);
  });

  test('the summary of a workflow that the server no longer runs has no steps', () => {
    const { states } = statesAt(
      { step: 'review', number: 4, of: 4, completed: 3 },
      { name: 'Acme', region: 'EU' },
      summaryOf({}),
    );
    expect(states).toEqual(['done', 'done', 'done', 'current']);
  });
});
