import type { DefinitionResult, Progress, Summary } from '@turnkeeper/client';
import { fieldsOf } from '../workflow/field.ts';

export type StepState =
  'done' | 'answered' | 'current' | 'upcoming' | 'optional' | 'not-needed' | 'unfinished';

export interface ShownStep {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly state: StepState;
  /** Its number among the steps that apply; `null` where that is not known, or it does not apply. */
  readonly number: number | null;
}

export interface ShownSteps {
  readonly steps: readonly ShownStep[];
  /** How many of those to come depend on an answer yet to be given; which, only the server knows. */
  readonly undecided: number;
  /** How many of those answered apply no more, since another answer was changed; which, only the server knows. */
  readonly dropped: number;
}

interface Position {
  readonly progress: Progress;
  readonly collected: Readonly<Record<string, unknown>>;
  /** What it came to, once it has finished: the steps that applied, and whether each was completed. */
  readonly summary: Summary | null;
}

type Step = DefinitionResult['steps'][number];

/**
 * How far each step of a workflow is. A definition has all steps, progress counts those that apply, and all of these that
 * come before the current one are complete. One whose required fields are not collected is not among them; where more
 * are answered than counted, none of them is said to be done.
 */
export function stepStates({ steps }: DefinitionResult, position: Position): ShownSteps {
  const { progress, collected, summary } = position;
  // One of a workflow that the server no longer ran says nothing of its steps.
  if (summary !== null && summary.steps.length > 0)
    return { steps: finishedSteps(steps, summary), undecided: 0, dropped: 0 };

  const current = steps.findIndex(({ id }) => id === progress.currentStep);
  const isAnswered = (step: Step): boolean =>
    fieldsOf(step).every(({ name, isRequired }) => !isRequired || Object.hasOwn(collected, name));
  const before = steps.slice(0, Math.max(0, current));
  const dropped = Math.max(0, before.filter(isAnswered).length - (progress.stepNumber - 1));
  const stateOf = (step: Step, index: number): StepState => {
    if (index === current) return 'current';
    if (index > current) return isOptional(step) ? 'optional' : 'upcoming';
    if (!isAnswered(step)) return 'not-needed';
    return dropped === 0 ? 'done' : 'answered';
  };
  const after = steps.length - current - 1;
  const applicableAfter = progress.totalSteps - progress.stepNumber;
  const undecided = current === -1 ? 0 : Math.max(0, after - applicableAfter);
  const numberOf = (index: number): number | null => {
    if (current === -1) return null;
    if (index >= current)
      return index > current && undecided > 0 ? null : progress.stepNumber + index - current;
    if (dropped > 0) return null;
    return before.slice(0, index).filter(isAnswered).length + 1;
  };
  const numbered = steps.map((step, index) => {
    const state = stateOf(step, index);
    return shown(step, state, state === 'not-needed' ? null : numberOf(index));
  });
  return { steps: numbered, undecided, dropped };
}

function finishedSteps(steps: readonly Step[], summary: Summary): readonly ShownStep[] {
  return steps.map((step) => {
    const place = summary.steps.findIndex(({ id }) => id === step.id);
    const applied = summary.steps[place];
    if (applied === undefined) return shown(step, 'not-needed', null);
    return shown(step, applied.isComplete ? 'done' : 'unfinished', place + 1);
  });
}

function shown({ id, title, description }: Step, state: StepState, number: number | null): ShownStep {
  return { id, title, description: description ?? null, state, number };
}

function isOptional(step: Step): boolean {
  const fields = fieldsOf(step);
  return fields.length > 0 && fields.every(({ isRequired }) => !isRequired);
}
