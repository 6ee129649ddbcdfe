/**
 * The functions of a definition, made safe to call in a turn.
 *
 * The job: call a `when` or a `check`, and hand on only what it may return. The boundary: position.ts and checks.ts know
 * what follows from it. It keeps that a function which throws, or returns something else, fails the turn: it is a fault
 * of the definition, and no other result would be right (docs/decisions/0051).
 */
import type {
  CheckIssues,
  StepDefinition,
  WorkflowDefinition,
} from '../../workflows/definition/define-workflow.ts';
import type { CollectedFields } from '../../workflows/definition/json.ts';

/** @throws ConditionFailed */
export type Condition = (collected: CollectedFields, context?: CollectedFields) => boolean;

export interface Check {
  /** The step that has it; null for a check of the workflow. */
  readonly stepId: string | null;
  /**
   * Returns the issues by field; none for fields that are right.
   * @throws ConditionFailed
   */
  readonly run: (
    fields: CollectedFields,
    context?: CollectedFields,
  ) => ReadonlyMap<string, readonly string[]>;
}

/** The context of a conversation that was opened without one. */
export const noContext: CollectedFields = {};

/**
 * A condition or a check failed on the collected fields: a fault of the definition. Its message holds nothing that
 * anybody said, so that the log may have it.
 */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionFailed';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    // Development shows the stack: it must lead to the line in the definition.
    if (this.cause instanceof Error)
      this.stack = `${String(this.stack)}\nCaused by: ${String(this.cause.stack)}`;
  }
}

const always: Condition = () => true;

/** A definition in JavaScript may return anything; a promise, which is truthy, would pass for yes. */
export function prepareCondition(when: StepDefinition['when'], owner: string): Condition {
  if (when === undefined) return always;
  const which = `the condition of ${owner}`;
  return (collected, context = noContext) => {
    const applies: unknown = call(which, () => when(collected, context));
    if (typeof applies === 'boolean') return applies;
    throw new ConditionFailed(`${which} returned neither true nor false`);
  };
}

export function prepareChecks({ id, steps, check }: WorkflowDefinition): Check[] {
  const ofSteps = steps.flatMap((step) =>
    step.check === undefined
      ? []
      : [prepareCheck(step.check, step.id, `the check of step "${step.id}" of workflow "${id}"`)],
  );
  if (check === undefined) return ofSteps;
  return [...ofSteps, prepareCheck(check, null, `the check of workflow "${id}"`)];
}

function prepareCheck(
  check: NonNullable<StepDefinition['check']>,
  stepId: string | null,
  which: string,
): Check {
  return {
    stepId,
    run: (fields, context = noContext) => {
      const issues = readIssues(call(which, () => check({ fields, context })));
      if (issues === null) throw new ConditionFailed(`${which} returned no lists of texts by field`);
      return issues;
    },
  };
}

function call<Result>(which: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    throw new ConditionFailed(`${which} threw`, { cause });
  }
}

/** Null for what is no list of texts, or no text, by field. */
function readIssues(returned: CheckIssues): ReadonlyMap<string, readonly string[]> | null {
  const issues: unknown = returned;
  if (typeof issues !== 'object' || issues === null || Array.isArray(issues) || issues instanceof Promise)
    return null;
  const byField = new Map<string, readonly string[]>();
  for (const [field, said] of Object.entries<unknown>({ ...issues })) {
    const texts: readonly unknown[] = Array.isArray(said) ? said : said === undefined ? [] : [said];
    const words = texts.filter((text) => typeof text === 'string');
    if (words.length < texts.length) return null;
    if (words.length > 0) byField.set(field, words);
  }
  return byField;
}
