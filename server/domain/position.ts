import type { Progress, StepProgress } from '../../contract/workflow-state.ts';
import type { CollectedFields } from '../../workflows/definition/json.ts';
import { isWholeGroup } from './merge-group.ts';
import { noContext } from './conditions.ts';
import type { Field, Step, Workflow } from './workflow.ts';

/** The position of a conversation in its workflow (docs/workflows.md). */
export interface Position {
  readonly workflow: Workflow;
  /** The fields with which the position was found. */
  readonly collected: CollectedFields;
  /** The facts that the conversation was opened with. */
  readonly context: CollectedFields;
  /** The steps that apply to the fields collected so far, in order, with the fields that apply; never empty. */
  readonly applicable: readonly Step[];
  readonly completed: ReadonlySet<string>;
  /** The first incomplete applicable step; the last one once all are complete. */
  readonly current: Step;
  /** The group of which the agent asked whether there is another item, until the next turn. */
  readonly awaited: Field | null;
  readonly isFinished: boolean;
}

export interface Marks {
  readonly collected: CollectedFields;
  readonly passedSteps: readonly string[];
  /** The group of which the agent asked for another item: its step goes on until that is answered. */
  readonly awaitsMore?: string | undefined;
  /** The facts that the conversation was opened with. */
  readonly context?: CollectedFields | undefined;
}

/** The steps that apply, each with those of its fields that apply. */
export function applicableSteps(
  workflow: Workflow,
  collected: CollectedFields,
  context: CollectedFields = noContext,
): Step[] {
  return workflow.steps
    .filter((step) => step.isApplicable(collected, context))
    .map((step) => withFieldsThatApply(step, collected, context));
}

/** Nearly every step has only fields that always apply, and stays the same object. */
function withFieldsThatApply(step: Step, collected: CollectedFields, context: CollectedFields): Step {
  const isLeftOut = ({ applies }: Field): boolean => applies !== null && !applies(collected, context);
  return step.fields.some(isLeftOut)
    ? { ...step, fields: step.fields.filter((field) => !isLeftOut(field)) }
    : step;
}

/** The required fields of a step that are not collected, in the order of its schema. */
export function missingFields(step: Step, collected: CollectedFields): Field[] {
  return step.fields.filter((field) => isMissing(field, collected));
}

function isMissing(field: Field, collected: CollectedFields): boolean {
  const value = collected[field.name];
  if (value === undefined) return field.required;
  return field.group !== null && !isWholeGroup(field.group, value);
}

/** The required fields of all applicable steps that are not collected, in order. */
export function allMissingFields(position: Position, collected: CollectedFields): Field[] {
  return position.applicable.flatMap((step) => missingFields(step, collected));
}

export function findPosition(
  workflow: Workflow,
  { collected, passedSteps, awaitsMore, context = noContext }: Marks,
): Position {
  const applying = applicableSteps(workflow, collected, context);
  // Conditions that leave out every step leave nothing to do: the position is the last step then, and finished.
  const last = applying.at(-1) ?? workflow.steps.at(-1);
  if (last === undefined) throw new Error(`workflow ${workflow.id} has no steps`);
  const applicable = applying.length > 0 ? applying : [last];
  const awaited = (awaitsMore === undefined ? undefined : workflow.fields.get(awaitsMore)) ?? null;
  const completed = new Set<string>();
  for (const step of applicable) {
    const isDone = awaited?.stepId !== step.id && isComplete(step, collected, passedSteps);
    if (applying.length === 0 || isDone) completed.add(step.id);
  }
  const current = applicable.find((step) => !completed.has(step.id));
  const isFinished = current === undefined;
  return {
    workflow,
    collected,
    context,
    applicable,
    completed,
    current: current ?? last,
    awaited,
    isFinished,
  };
}

function isComplete(step: Step, collected: CollectedFields, passedSteps: readonly string[]): boolean {
  if (!step.collects) return passedSteps.includes(step.id);
  return step.fields.every((field) => !isMissing(field, collected));
}

export function progressOf(position: Position): Progress {
  const { workflow, collected, applicable, completed, current } = position;
  const totalSteps = applicable.length;
  const completedSteps = completed.size;
  const required = applicable.flatMap((step) => step.fields.filter((field) => field.required));
  const missing = required.filter((field) => isMissing(field, collected));
  // A step that is complete although it lacks a field is the last one where no step applies: nothing is required then.
  const isNeeded = (field: Field): boolean => !missing.includes(field) || !completed.has(field.stepId);
  return {
    currentStep: current.id,
    stepNumber: applicable.indexOf(current) + 1,
    totalSteps,
    completedSteps,
    percentComplete: Math.round((100 * completedSteps) / totalSteps),
    fieldsCollected: required.length - missing.length,
    fieldsRequired: required.filter(isNeeded).length,
    steps: workflow.steps.map(({ id, title }) => ({ id, title, state: stepState(id, position) })),
  };
}

function stepState(id: string, { applicable, completed, current }: Position): StepProgress['state'] {
  if (completed.has(id)) return 'done';
  if (id === current.id) return 'current';
  return applicable.some((step) => step.id === id) ? 'ahead' : 'skipped';
}

/** The fields of the current step that are open, optional ones too: those without a value, and groups that may go on. */
export function openFields({ current, collected, awaited }: Position): Field[] {
  return current.fields.filter(
    (field) => collected[field.name] === undefined || isMissing(field, collected) || field === awaited,
  );
}

/** The field that is asked next: the group of which another item was asked, else the first that lacks something. */
export function nextField({ current, collected, awaited }: Position): Field | null {
  const group = awaited?.stepId === current.id ? awaited : null;
  return group ?? missingFields(current, collected)[0] ?? null;
}
