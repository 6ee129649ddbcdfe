import { defineWorkflow, z } from '../../workflows/definition/index.ts';
import type { Activity } from '../../server/answer/activity.ts';
import type { Agent } from '../../server/orchestrator/ports/agent.ts';
import { agentStructure, detailNames, openingData, workflowId } from './workload.ts';

/**
 * A workflow whose state is about 2 KB from its first turn on, and which never completes: nobody gives the approval.
 * Each turn changes the note.
 */
export const workflow = defineWorkflow({
  id: workflowId,
  version: 1,
  title: 'Bench',
  steps: [
    {
      id: 'details',
      title: 'Details',
      collects: z.object({
        ...Object.fromEntries(detailNames.map((name) => [name, z.string()])),
        note: z.string(),
        approval: z.string(),
      }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

/** The answer of the agent to the opening fills the state; to any other turn it is 500 bytes. */
function activityOf(turn: number): Activity {
  const structure = agentStructure(turn);
  const data = turn === 1 ? openingData : structure.data;
  return { type: 'message', value: { ...structure, data } };
}

export interface BenchAgentOptions {
  /** Told when the agent is asked; its promise delays the answer. @default no delay */
  readonly onAsked?: () => Promise<void>;
}

/** An agent without latency: all the time of a turn is ours. */
export function createBenchAgent({ onAsked }: BenchAgentOptions = {}): Agent {
  let opened = 0;
  return {
    name: 'bench',
    open: () => {
      opened += 1;
      return Promise.resolve(`agent-${opened}`);
    },
    async *send({ briefing }) {
      await onAsked?.();
      yield activityOf(briefing.turnNumber);
    },
  };
}
