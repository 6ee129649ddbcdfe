import type { DefinitionResult, Progress, Summary } from '@turnkeeper/client';
import { fieldsOf } from '../workflow/field.ts';

export type StepState =
  | 'done'
  | 'answered'
  | 'current'
  | 'upcoming'
  | 'optional'
  | 'not-needed'
  | 'unfinished';

export interface ShownStep {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly state: StepState;
  /** The step's number among the steps that apply; `null` if it is not known, or the step does not apply. */
  readonly number: number | null;
}

export interface ShownSteps {
  readonly steps: readonly ShownStep[];
  /** The number of later steps that depend on a future answer. Only the server knows which. */
  readonly undecided: number;
  /** The number of answered steps that no longer apply, because an answer changed. Only the server knows which. */
  readonly dropped: number;
}

interface StepPosition {
  readonly progress: Progress;
  readonly collected: Readonly<Record<string, unknown>>;
  /** The steps that applied, and whether each was completed; null until the conversation has finished. */
  readonly summary: Summary | null;
}

type Step = DefinitionResult['steps'][number];

/**
 * Returns the state of each step of a workflow. The definition lists all steps, but progress counts only those that
 * apply. The counted steps before the current one are complete, so a step without its required fields does not apply.
 * If more steps are answered than counted, any of them may be the one that no longer applies: none is shown as done.
 */
export function stepStates({ steps }: DefinitionResult, position: StepPosition): ShownSteps {
  const { progress, collected, summary } = position;
  // The summary of a workflow that the server no longer runs has no steps.
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
