import { createOpenAiCompatibleAgent } from '../../../../server/agents/openai-compatible/openai-compatible-agent.ts';
import type { OpenAiCompatibleSettings } from '../../../../server/agents/openai-compatible/settings.ts';
import type { Activity } from '../../../../server/answer/activity.ts';
import type { AgentInput } from '../../../../server/domain/briefing.ts';
import { prepareWorkflow } from '../../../../server/domain/workflow.ts';
import type { Workflow } from '../../../../server/domain/workflow.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../../../server/orchestrator/ports/agent.ts';
import { systemClock } from '../../../../server/system-clock.ts';
import { z } from 'zod';
import { startOpenAiServer } from '../../../support/openai-server/openai-server.ts';
import type { OpenAiServer } from '../../../support/openai-server/openai-server.ts';
import { answerOf, requestOf } from '../../../../server/testing/agent-call.ts';

export const visit = prepareWorkflow({
  id: 'visit',
  version: 1,
  title: 'Visit',
  steps: [
    {
      id: 'who',
      title: 'Who comes',
      collects: z.object({
        visitor: z.string().min(1).max(80).describe('Full name'),
        day: z.iso.date(),
        badge: z.enum(['guest', 'contractor']).optional(),
        guests: z.int().min(0).max(9).optional(),
      }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

export const apiKey = 'sk-not-to-be-seen';

export interface AgentWorld extends AsyncDisposable {
  readonly server: OpenAiServer;
  readonly agent: Agent;
  /** Says something, and returns the activities of the whole answer. */
  ask(request?: Asking, options?: AgentCallOptions): Promise<readonly Activity[]>;
}

interface Asking extends Partial<AgentRequest> {
  readonly text?: string;
  readonly workflow?: Workflow;
}

/** Starts the agent, connected to a server of its own. */
export async function startAgent(how: Partial<OpenAiCompatibleSettings> = {}): Promise<AgentWorld> {
  const server = await startOpenAiServer();
  const agent = createOpenAiCompatibleAgent({
    baseUrl: server.baseUrl,
    apiKey,
    model: 'test-model',
    structuredOutput: 'auto',
    historyMaxTokens: 4_000,
    clock: systemClock,
    ...how,
  });
  return {
    server,
    agent,
    async ask({ text = 'Ada comes on Tuesday', workflow = visit, ...request } = {}, options) {
      const input: AgentInput = { type: 'text', text };
      const whole = requestOf(workflow, { input, agentConversationId: 'x', ...request });
      return (await answerOf(agent, whole, options)).activities;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Returns the messages of an answer, without the streamed pieces and signs of life. */
export function messagesOf(activities: readonly Activity[]): readonly Activity[] {
  return activities.filter(({ type }) => type === 'message');
}
