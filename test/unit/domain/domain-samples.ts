import { z } from 'zod';
import type { Json } from '../../../workflows/definition/json.ts';
import type { StepDefinition, WorkflowDefinition } from '../../../workflows/definition/define-workflow.ts';
import type { Activity } from '../../../server/answer/activity.ts';
import type { ParsedTurn } from '../../../server/domain/parsed-turn.ts';
import type { ConversationState, Progression } from '../../../server/domain/state.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import type { Workflow } from '../../../server/domain/workflow.ts';

/** A workflow of the given steps, with defaults for the rest. */
export function workflowOfSteps(
  steps: readonly StepDefinition[],
  rest: Partial<WorkflowDefinition> = {},
): Workflow {
  return prepareWorkflow({ id: 'sample', version: 1, title: 'Sample', steps, ...rest });
}

/** Three kinds of step: one that collects fields, one that applies only to long leaves, one that collects nothing. */
export const leave = workflowOfSteps([
  {
    id: 'dates',
    title: 'Dates',
    collects: z.object({ from: z.iso.date(), days: z.int().min(1), note: z.string().optional() }),
  },
  {
    id: 'cover',
    title: 'Cover',
    when: ({ days }) => typeof days === 'number' && days > 5,
    collects: z.object({ colleague: z.string().min(1) }),
  },
  { id: 'confirm', title: 'Confirm' },
]);

export const leaveFields = { from: '2030-05-01', days: 3 };

export function progression(rest: Partial<Progression> = {}): Progression {
  return {
    status: 'active',
    collected: {},
    passedSteps: [],
    awaitsConfirmation: false,
    turnCount: 0,
    ...rest,
  };
}

type Said = Partial<Omit<ParsedTurn, 'data'>> & { readonly data?: Readonly<Record<string, Json>> };

/** An answer with this structure. */
export function said({ data = {}, ...rest }: Said = {}): ParsedTurn {
  return {
    parse: 'structured',
    parseIssues: [],
    payload: null,
    action: null,
    step: null,
    more: null,
    prompt: null,
    citations: [],
    agentEnd: null,
    ...rest,
    data: new Map(Object.entries(data)),
  };
}

export function storedState(rest: Partial<ConversationState> = {}): ConversationState {
  return {
    incarnation: 'incarnation-1',
    revision: 4,
    committedBy: 'lease-1',
    workflowId: 'sample',
    definitionVersion: 1,
    status: 'active',
    collected: {},
    passedSteps: [],
    awaitsConfirmation: false,
    turnCount: 3,
    shownCards: [],
    agentConversationId: null,
    agentName: null,
    openedAt: 1_000,
    updatedAt: 2_000,
    progress: {
      currentStep: 'dates',
      stepNumber: 1,
      totalSteps: 2,
      completedSteps: 0,
      percentComplete: 0,
      fieldsCollected: 0,
      fieldsRequired: 0,
      steps: [],
    },
    ...rest,
  };
}

export function message(rest: Activity = {}): Activity {
  return { type: 'message', ...rest };
}

export function textOf(lines: readonly string[]): string {
  return lines.join('\n');
}

export function fenced(content: unknown): string {
  return textOf(['```json', typeof content === 'string' ? content : JSON.stringify(content), '```']);
}

/** Freezes a value deeply, so that a change of it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
  return value;
}
