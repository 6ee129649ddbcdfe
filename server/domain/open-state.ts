/**
 * The state that a conversation opens with.
 *
 * The job: take what its opener knows through the definition's schemas. The boundary: pure; the opening's digest is the
 * caller's. It keeps that nothing is taken unless all of it fits (I10).
 */
import type { Issue } from '../../contract/errors.ts';
import type { Opening } from '../../contract/inputs.ts';
import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import { idsOfTurn } from './merge-group.ts';
import { mergeChecked } from './checks.ts';
import { nextSources } from './field-sources.ts';
import { ownProperty } from './json.ts';
import { limits } from './limits.ts';
import { findPosition, progressOf } from './position.ts';
import { issuesAt, openingRefused } from './refused-values.ts';
import type { ConversationState } from './state.ts';
import type { Workflow } from './workflow.ts';

interface OpenedAs {
  readonly incarnation: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly opening: Opening | null;
  readonly openingDigest: string | undefined;
}

/**
 * Returns the state before the first turn. Revision 0 is never stored: the first commit makes it 1.
 * @throws TurnkeeperError INVALID_INPUT
 */
export function openedState(
  workflow: Workflow,
  { incarnation, now, opening, openingDigest }: OpenedAs,
): ConversationState {
  const context = checkContext(workflow, opening?.context ?? {});
  const prefilled = checkPrefill(workflow, opening?.prefill ?? {}, context.value);
  const issues = [...context.issues, ...prefilled.issues];
  if (issues.length > 0) throw openingRefused(issues);
  const marks = { collected: prefilled.value, passedSteps: [], context: context.value };
  return {
    incarnation,
    revision: 0,
    committedBy: '',
    workflowId: workflow.id,
    definitionVersion: workflow.version,
    status: 'active',
    collected: prefilled.value,
    sources: nextSources(undefined, prefilled.value, 'prefilled'),
    context: Object.keys(context.value).length === 0 ? undefined : context.value,
    openingDigest,
    passedSteps: [],
    awaitsConfirmation: false,
    turnCount: 0,
    shownCards: [],
    agentConversationId: null,
    agentName: null,
    openedAt: now,
    updatedAt: now,
    progress: progressOf(findPosition(workflow, marks)),
  };
}

interface Checked {
  readonly value: Record<string, Json>;
  readonly issues: readonly Issue[];
}

function checkContext(workflow: Workflow, given: NonNullable<Opening['context']>): Checked {
  const at = (name: string): string => `opening.context.${name}`;
  const unknown = Object.keys(given).filter((name) => !workflow.context.has(name));
  const issues: Issue[] = unknown.map((name) => ({
    path: at(name),
    message: 'is not among the facts that this workflow takes',
  }));
  const value: [string, Json][] = [];
  for (const [name, field] of workflow.context) {
    const fact = ownProperty(given, name);
    if (fact === undefined && !field.required) continue;
    const checked = field.check(fact);
    if (checked.ok) value.push([name, checked.value]);
    else issues.push(...checked.issues.map((message) => ({ path: at(name), message })));
  }
  const size = JSON.stringify(Object.fromEntries(value)).length;
  if (size > limits.contextChars) {
    issues.push({
      path: 'opening.context',
      message: `must be at most ${limits.contextChars} characters of JSON`,
    });
  }
  return { value: Object.fromEntries(value), issues };
}

function checkPrefill(
  workflow: Workflow,
  given: NonNullable<Opening['prefill']>,
  context: CollectedFields,
): Checked {
  const data = new Map(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));
  const merged = mergeChecked(workflow, {}, data, { ids: idsOfTurn(1), context });
  return { value: merged.collected, issues: issuesAt('opening.prefill', merged) };
}
