import type { DefinitionResult, Progress } from '@turnkeeper/client';
import { fieldsOf } from '../workflow/field.ts';

export type StepState = 'done' | 'current' | 'upcoming' | 'optional' | 'not-needed' | 'unfinished';

export interface ShownStep {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly state: StepState;
}

export interface ShownSteps {
  readonly steps: readonly ShownStep[];
  /** How many of those to come depend on an answer yet to be given; which, only the server knows. */
  readonly undecided: number;
}

interface Position {
  readonly progress: Progress;
  readonly collected: Readonly<Record<string, unknown>>;
  readonly isFinished: boolean;
}

/**
 * How far each step of a workflow is. Progress counts the steps that apply; a definition has them all. A step before the
 * current one is complete if it applies, so one whose required fields are not collected does not.
 */
export function stepStates({ steps }: DefinitionResult, position: Position): ShownSteps {
  const { progress, collected, isFinished } = position;
  const current = steps.findIndex(({ id }) => id === progress.currentStep);
  const isAllDone = isFinished && progress.completedSteps === progress.totalSteps;
  const stateOf = (index: number): StepState => {
    const fields = steps[index] === undefined ? [] : fieldsOf(steps[index]);
    const isAnswered = fields.every(({ name, isRequired }) => !isRequired || Object.hasOwn(collected, name));
    if (index < current) return isAnswered ? 'done' : 'not-needed';
    if (isFinished && !isAllDone) return 'unfinished';
    if (index === current) return isFinished ? 'done' : 'current';
    if (isFinished) return 'not-needed';
    return fields.length > 0 && fields.every(({ isRequired }) => !isRequired) ? 'optional' : 'upcoming';
  };
  const after = steps.length - current - 1;
  const applicableAfter = progress.totalSteps - progress.stepNumber;
  return {
    steps: steps.map(({ id, title, description }, index) => ({
      id,
      title,
      description: description ?? null,
      state: stateOf(index),
    })),
    undecided: current === -1 || isFinished ? 0 : Math.max(0, after - applicableAfter),
  };
}
