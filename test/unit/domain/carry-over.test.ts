import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { migrateState, migrateOrThrow } from '../../../server/domain/migrate-state.ts';
import { isTurnkeeperError } from '../../../server/domain/errors.ts';
import type { WorkflowDefinition } from '../../../workflows/definition/define-workflow.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import type { Workflow } from '../../../server/domain/workflow.ts';
import { deepFreeze, storedState, workflowOfSteps } from './domain-samples.ts';

const version2 = (rest: Partial<WorkflowDefinition> = {}): Workflow =>
  workflowOfSteps(
    [
      { id: 'name', title: 'Name', collects: z.object({ fullName: z.string(), age: z.int().optional() }) },
      { id: 'confirm', title: 'Confirm' },
    ],
    { version: 2, ...rest },
  );

const failureOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (isTurnkeeperError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

describe('a state of the loaded version', () => {
  it('is left as it is, without asking `migrate`', () => {
    const workflow = version2({
      migrate: () => {
        throw new Error('asked to migrate');
      },
    });
    const state = deepFreeze(storedState({ definitionVersion: 2, collected: { gone: 1 } }));
    expect(migrateOrThrow(workflow, state)).toBe(state);
  });
});

describe('a state of another version', () => {
  it('is carried over when every collected field still fits', () => {
    const state = deepFreeze(storedState({ collected: { fullName: 'Ada', age: 36 }, revision: 7 }));
    expect(migrateOrThrow(version2(), state)).toEqual({ ...state, definitionVersion: 2 });
  });

  it('keeps only those passed steps that still exist', () => {
    const state = storedState({ passedSteps: ['welcome', 'confirm'] });
    expect(migrateOrThrow(version2(), state).passedSteps).toEqual(['confirm']);
  });

  it('of a later version is treated alike', () => {
    const state = storedState({ definitionVersion: 9, collected: { fullName: 'Ada' } });
    expect(migrateOrThrow(version2(), state).definitionVersion).toBe(2);
  });

  it('is refused as DEFINITION_CHANGED, naming the fields but not their values, when one no longer fits', () => {
    const state = storedState({ collected: { fullName: 'Ada', age: 'secret', nickname: 'hidden' } });
    const failure = failureOf(() => migrateOrThrow(version2(), state));
    expect(failure.reason).toBe('DEFINITION_CHANGED');
    expect(failure.issues?.map(({ path }) => path).sort()).toEqual(['age', 'nickname']);
    expect(JSON.stringify([failure.message, failure.issues])).not.toMatch(/secret|hidden/);
  });

  it('can be had without the fields that no longer fit', () => {
    const state = storedState({ collected: { fullName: 'Ada', nickname: 'hidden' } });
    const { state: carried, unfit } = migrateState(version2(), state);
    expect(carried.collected).toEqual({ fullName: 'Ada' });
    expect(unfit).toEqual(['nickname']);
  });
});

describe('`migrate`', () => {
  it('is told the stored version and fields, and what it answers is what is collected', () => {
    const workflow = version2({
      migrate: ({ version, collected }) => ({ fullName: `${JSON.stringify(collected['name'])} v${version}` }),
    });
    const state = storedState({ collected: { name: 'Ada' } });
    expect(migrateOrThrow(workflow, state).collected).toEqual({ fullName: '"Ada" v1' });
  });

  it('may leave out a field by answering undefined for it, declared or not', () => {
    const workflow = version2({
      migrate: ({ collected }) => ({
        ...collected,
        fullName: collected['name'],
        name: undefined,
        age: undefined,
      }),
    });
    const state = storedState({ collected: { name: 'Ada', age: 'old' } });
    expect(migrateOrThrow(workflow, state).collected).toEqual({ fullName: 'Ada' });
  });

  it('cannot bring in what the schemas refuse (I10)', () => {
    const workflow = version2({ migrate: () => ({ fullName: 7, extra: true }) });
    const failure = failureOf(() => migrateOrThrow(workflow, storedState()));
    expect(failure.issues?.map(({ path }) => path).sort()).toEqual(['extra', 'fullName']);
  });
});

describe('a migrate that answers something else than fields', () => {
  it('is an error, rather than the loss of all that is collected', () => {
    const migrate = () => Promise.resolve({}) as never;
    const changed = prepareWorkflow({
      id: 'leave',
      version: 9,
      title: 'Leave',
      migrate,
      steps: [{ id: 'a', title: 'A' }],
    });
    expect(() => migrateState(changed, storedState({ collected: { from: '2030-05-01' } }))).toThrow(
      'migrate',
    );
  });
});
