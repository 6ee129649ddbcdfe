import type { RejectedField, TurnMetadata } from '../../contract/results.ts';
import { mergeFields } from './merge-fields.ts';
import { boundIssues } from './parse-issues.ts';
import type { ParsedTurn } from './parsed-turn.ts';
import { allMissingFields, findPosition, missingFields } from './position.ts';
import type { Position } from './position.ts';
import type { Progression } from './state.ts';
import type { Field, Workflow } from './workflow.ts';

/** The effects of a turn on the conversation. */
export type TurnDelta = Omit<TurnMetadata, 'number'>;

export interface Reduction {
  readonly next: Progression;
  readonly position: Position;
  readonly delta: TurnDelta;
}

/** The state transition: what the agent's parsed answer makes of a conversation (docs/workflows.md). Pure. */
export function reduceTurn(workflow: Workflow, before: Progression, parsed: ParsedTurn): Reduction {
  const from = findPosition(workflow, before).current.id;
  const merged = mergeFields(workflow, before.collected, parsed.data);
  const rejected = [...merged.rejected];
  const parseIssues = [...parsed.parseIssues];

  let passedSteps = [...before.passedSteps];
  if (parsed.step !== null) {
    if (workflow.steps.some((step) => step.id === parsed.step)) {
      passedSteps = passUpTo(parsed.step, workflow, { collected: merged.collected, passedSteps });
    } else {
      parseIssues.push(`step: the workflow has no step "${parsed.step}"`);
    }
  }
  if (parsed.action === 'complete' || parsed.agentEnd === 'completed') {
    const outlook = findPosition(workflow, { collected: merged.collected, passedSteps });
    const missing = allMissingFields(outlook, merged.collected);
    if (missing.length === 0) passedSteps = passAll(outlook, passedSteps);
    // To say that the workflow is complete is a claim to be rejected; to end one's own conversation is none.
    else if (parsed.action === 'complete') rejected.push(...asRejected(missing, rejected));
    else parseIssues.push('endOfConversation: the workflow still lacks required fields');
  } else if (parsed.agentEnd === 'broken-off') {
    parseIssues.push('endOfConversation: the agent broke its conversation off');
  }

  const position = findPosition(workflow, { collected: merged.collected, passedSteps });
  const next: Progression = {
    status: position.isFinished ? 'completed' : before.status,
    ...(position.isFinished ? { outcome: 'completed' } : {}),
    collected: merged.collected,
    passedSteps,
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
    },
  };
}

function asRejected(missing: readonly Field[], rejected: readonly RejectedField[]): RejectedField[] {
  return missing
    .filter((field) => !rejected.some((entry) => entry.field === field.name))
    .map((field) => ({ field: field.name, issues: ['is required before the workflow can be completed'] }));
}

/** Marks the steps before the target that collect nothing, up to the first one with a missing required field. */
function passUpTo(
  target: string,
  workflow: Workflow,
  { collected, passedSteps }: Pick<Progression, 'collected' | 'passedSteps'>,
): string[] {
  const passed = new Set(passedSteps);
  for (const step of workflow.steps) {
    if (step.id === target) break;
    if (!step.isApplicable(collected)) continue;
    if (missingFields(step, collected).length > 0) break;
    if (step.fields.length === 0) passed.add(step.id);
  }
  return [...passed];
}

/** Marks every applicable step that collects nothing. */
export function passAll(position: Position, passedSteps: readonly string[]): string[] {
  const silent = position.applicable.filter((step) => step.fields.length === 0).map((step) => step.id);
  return [...new Set([...passedSteps, ...silent])];
}
