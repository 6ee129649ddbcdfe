import { readFileSync } from 'node:fs';
import expenseReport from '../../../../workflows/expense-report.ts';
import incidentIntake from '../../../../workflows/incident-intake.ts';
import vendorOnboarding from '../../../../workflows/vendor-onboarding.ts';
import type { Progress, SuggestedInput } from '../../../../contract/workflow-state.ts';
import { checkDefinition } from '../../../../workflows/definition/check-definition.ts';
import { definitionFromJson } from '../../../../workflows/definition/from-json.ts';
import type { Json } from '../../../../workflows/definition/json.ts';
import type { WorkflowDefinition } from '../../../../workflows/definition/define-workflow.ts';
import { createGuidedAgent } from '../../../../server/agents/guided/guided-agent.ts';
import type { Activity } from '../../../../server/answer/activity.ts';
import type { AgentInput } from '../../../../server/domain/briefing.ts';
import { findPosition, progressOf } from '../../../../server/domain/position.ts';
import { reduceTurn } from '../../../../server/domain/reduce-turn.ts';
import type { TurnDelta } from '../../../../server/domain/reduce-turn.ts';
import type { Progression } from '../../../../server/domain/state.ts';
import { controlsOf } from '../../../../server/domain/view.ts';
import { prepareWorkflow } from '../../../../server/domain/workflow.ts';
import type { Field, Workflow } from '../../../../server/domain/workflow.ts';
import { callOptions } from '../../../../server/testing/agent-call.ts';
import { normalizeActivities, parseActivities } from '../../../support/read-activities.ts';

/** Thursday 12 November 2026, 10:30 UTC. */
export const playedAt = Date.UTC(2026, 10, 12, 10, 30);

export const vendor = prepareWorkflow(vendorOnboarding);
export const expense = prepareWorkflow(expenseReport);
export const incident = prepareWorkflow(incidentIntake);
export const leave = workflowFromJson(
  JSON.parse(readFileSync(new URL('../../../../workflows/leave-request.json', import.meta.url), 'utf8')),
);

export function workflowFromJson(json: unknown): Workflow {
  const { candidate, faults } = definitionFromJson(json);
  const all = [...faults, ...checkDefinition(candidate)];
  if (all.length > 0) throw new Error(JSON.stringify(all));
  // A candidate without a fault is a definition, as the check above shows.
  return prepareWorkflow(candidate as WorkflowDefinition);
}

export interface PlayedTurn {
  readonly text: string;
  readonly offers: readonly string[];
  readonly delta: TurnDelta;
  readonly progress: Progress;
  readonly status: Progression['status'];
  readonly collected: Readonly<Record<string, Json>>;
  readonly suggestedInput: SuggestedInput;
  readonly activities: readonly Activity[];
}

export interface Play {
  /** Says something, and returns the turn's outcome. */
  say(text: string): Promise<PlayedTurn>;
  send(input: AgentInput): Promise<PlayedTurn>;
}

interface PlayOptions {
  /** The fields collected before the first turn. */
  readonly collected?: Readonly<Record<string, Json>>;
  /** The number of earlier turns. */
  readonly turnCount?: number;
  readonly now?: number;
}

/** Plays a workflow with the guided agent, turn by turn, by the domain's own rules and without a store. */
export function play(
  workflow: Workflow,
  { collected = {}, turnCount = 0, now = playedAt }: PlayOptions = {},
): Play {
  const agent = createGuidedAgent({ clock: { now: () => now } });
  let turnNumber = turnCount;
  let state: Progression = {
    status: 'active',
    collected,
    passedSteps: [],
    awaitsConfirmation: false,
    turnCount,
  };
  async function send(input: AgentInput): Promise<PlayedTurn> {
    turnNumber += 1;
    const position = findPosition(workflow, state);
    const options = callOptions({ deadlineAt: now + 30_000 });
    const findChoices = workflow.hasLookups
      ? async ({ lookup }: Field, query: string) =>
          (await lookup?.find(query, { fields: state.collected, context: {}, signal: options.signal })) ?? []
      : null;
    const { collected: known, awaitsConfirmation } = state;
    const briefing = {
      workflow,
      position,
      collected: known,
      prefilled: [],
      facts: {},
      awaitsConfirmation,
      turnNumber,
      choiceTitles: state.choiceTitles ?? {},
      findChoices,
    };
    const activities: Activity[] = [];
    const request = {
      agentConversationId: await agent.open(options),
      query: '',
      input,
      briefing,
      history: [],
    };
    for await (const activity of agent.send(request, options)) activities.push(activity);
    const parsed = parseActivities(activities);
    const { next, position: after, delta } = reduceTurn(workflow, state, parsed);
    state = next;
    const { messages } = normalizeActivities(activities, {
      turn: turnNumber,
      prompt: parsed.prompt,
      cards: workflow.cards,
    });
    return {
      text: messages.map((message) => message.text ?? '').join('\n\n'),
      offers: messages.flatMap((message) => message.suggestedActions ?? []).map(({ value }) => value),
      delta,
      progress: progressOf(after),
      status: next.status,
      collected: next.collected,
      suggestedInput: controlsOf(next, after).suggestedInput,
      activities,
    };
  }
  return { send, say: (text) => send({ type: 'text', text }) };
}

/** Plays a whole conversation, opened by the agent, and returns the last turn's outcome. */
export async function playAll(conversation: Play, ...texts: readonly string[]): Promise<PlayedTurn> {
  let last = await conversation.send({ type: 'open' });
  for (const text of texts) last = await conversation.say(text);
  return last;
}
