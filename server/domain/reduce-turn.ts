/**
 * The state transition: an agent's parsed answer changes the state of a conversation (docs/workflows.md).
 *
 * The job: merge the fields, move past steps, complete the workflow. The boundary: the answer has been parsed, and
 * commit and transcript are the caller's; it is pure, so the same state and answer lead to the same result. It keeps
 * that
 * - the agent's data enters the state only through the steps' field schemas (I10);
 * - no required field is skipped: neither `step` nor `complete` moves past a step that lacks one;
 * - a claim of the agent's that does not hold is reported with the turn, and never fails it.
 */
import type { RejectedField, TurnMetadata } from '../../contract/results.ts';
import type { CollectedFields } from '../../workflows/definition/json.ts';
import { mergeChecked } from './checks.ts';
import type { CheckOptions } from './checks.ts';
import { noLookups, titlesAfter } from './choice-outcomes.ts';
import { idsOfTurn, itemsOf, missingInGroup } from './merge-group.ts';
import { boundIssues } from './parsed-turn.ts';
import type { ParsedTurn } from './parsed-turn.ts';
import { noContext } from './conditions.ts';
import { allMissingFields, applicableSteps, findPosition, missingFields } from './position.ts';
import type { Marks, Position } from './position.ts';
import type { Progression } from './state.ts';
import type { Field, Workflow } from './workflow.ts';

/** The effects of a turn on the conversation. */
export type TurnDelta = Omit<TurnMetadata, 'number' | 'usage'>;

export interface Reduction {
  readonly next: Progression;
  readonly position: Position;
  readonly delta: TurnDelta;
}

/** The inputs of a transition besides the answer. */
type Given = Partial<Pick<CheckOptions, 'context' | 'lookups'>>;

export function reduceTurn(
  workflow: Workflow,
  before: Progression,
  parsed: ParsedTurn,
  { context = noContext, lookups = noLookups }: Given = {},
): Reduction {
  const from = findPosition(workflow, { ...before, context }).current.id;
  const turnCount = before.turnCount + 1;
  const ids = idsOfTurn(turnCount);
  const merged = mergeChecked(workflow, before.collected, parsed.data, { ids, lookups, context });
  const rejected: RejectedField[] = merged.rejected.map(({ field, issues }) => ({ field, issues }));
  const parseIssues = [...parsed.parseIssues];

  let passedSteps = [...before.passedSteps];
  if (parsed.step !== null) {
    if (workflow.steps.some((step) => step.id === parsed.step)) {
      passedSteps = passUpTo(parsed.step, workflow, { collected: merged.collected, passedSteps, context });
    } else {
      parseIssues.push(`step: the workflow has no step "${parsed.step}"`);
    }
  }
  if (parsed.action === 'complete' || parsed.agentEnd === 'completed') {
    const outlook = findPosition(workflow, { collected: merged.collected, passedSteps, context });
    const missing = allMissingFields(outlook, merged.collected);
    if (missing.length === 0) passedSteps = passAll(outlook, passedSteps);
    // `complete` claims that nothing is missing, so the fields that are missing reject it. Ending its own conversation
    // claims nothing.
    else if (parsed.action === 'complete') rejected.push(...asRejected(missing, merged.collected, rejected));
    else parseIssues.push('endOfConversation: the workflow still lacks required fields');
  } else if (parsed.agentEnd === 'broken-off') {
    parseIssues.push('endOfConversation: the agent broke its conversation off');
  }

  const awaitsMore = moreOf(workflow, parsed.more, merged.collected);
  if (parsed.more !== null && awaitsMore === undefined)
    parseIssues.push('more: this is no group that can have another item');
  const position = findPosition(workflow, { collected: merged.collected, passedSteps, awaitsMore, context });
  const next: Progression = {
    status: position.isFinished ? 'completed' : before.status,
    ...(position.isFinished ? { outcome: 'completed' } : {}),
    collected: merged.collected,
    turnCount,
    passedSteps,
    awaitsMore: position.isFinished ? undefined : awaitsMore,
    choiceTitles: titlesAfter(before.choiceTitles, merged, lookups),
    awaitsConfirmation: !position.isFinished && parsed.action === 'confirm',
  };
  const to = position.current.id;
  const stateChanged = Object.keys(merged.changed).length > 0 || from !== to || before.status !== next.status;
  return {
    next,
    position,
    delta: {
      stateChanged,
      collected: merged.changed,
      rejected,
      ignored: merged.ignored,
      step: { from, to },
      action: parsed.action,
      parse: parsed.parse,
      parseIssues: boundIssues(parseIssues),
      citations: parsed.citations,
      ...(lookups.size === 0 ? {} : { lookups: [...lookups.values()] }),
    },
  };
}

/** The group of which the agent asked for another item; undefined for a name of anything else, or for a full group. */
function moreOf(workflow: Workflow, name: string | null, collected: CollectedFields): string | undefined {
  const group = name === null ? null : (workflow.fields.get(name)?.group ?? null);
  if (name === null || group === null) return undefined;
  return itemsOf(collected[name]).length < group.maxItems ? name : undefined;
}

function asRejected(
  missing: readonly Field[],
  collected: CollectedFields,
  rejected: readonly RejectedField[],
): RejectedField[] {
  return missing
    .flatMap(({ name, group }) => (group === null ? [name] : missingInGroup(name, group, collected[name])))
    .filter((field) => !rejected.some((entry) => entry.field === field))
    .map((field) => ({ field, issues: ['is required before the workflow can be completed'] }));
}

/** Marks the steps before the target that collect nothing, up to the first one with a missing required field. */
function passUpTo(target: string, workflow: Workflow, { collected, passedSteps, context }: Marks): string[] {
  const passed = new Set(passedSteps);
  const applicable = applicableSteps(workflow, collected, context);
  const targetPlace = placeOf(target, workflow);
  for (const step of applicable) {
    if (placeOf(step.id, workflow) >= targetPlace) break;
    if (missingFields(step, collected).length > 0) break;
    if (!step.collects) passed.add(step.id);
  }
  return [...passed];
}

function placeOf(stepId: string, { steps }: Workflow): number {
  return steps.findIndex(({ id }) => id === stepId);
}

/** Marks every applicable step that collects nothing. */
export function passAll(position: Position, passedSteps: readonly string[]): string[] {
  const silent = position.applicable.filter((step) => !step.collects).map((step) => step.id);
  return [...new Set([...passedSteps, ...silent])];
}
