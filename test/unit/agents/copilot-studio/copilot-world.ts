import { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import { z } from 'zod';
import type { AccessTokens } from '../../../../server/agents/copilot-studio/access-token/access-tokens.ts';
import { createCopilotStudioAgent } from '../../../../server/agents/copilot-studio/copilot-studio-agent.ts';
import type { CardSubmit } from '../../../../server/agents/copilot-studio/to-activity.ts';
import type { Activity } from '../../../../server/answer/activity.ts';
import { prepareWorkflow } from '../../../../server/domain/workflow.ts';
import { AgentFailure } from '../../../../server/answer/agent-failure.ts';
import type {
  Agent,
  AgentCallOptions,
  AgentRequest,
  AnswerEnd,
} from '../../../../server/orchestrator/ports/agent.ts';
import type { Clock } from '../../../../server/orchestrator/ports/clock.ts';
import { systemClock } from '../../../../server/system-clock.ts';
import type { Emulator, EmulatorOptions } from '../../../../cli/emulator/service/start-emulator.ts';
import { startEmulator } from '../../../../cli/emulator/service/start-emulator.ts';
import { callOptions, requestOf } from '../../../../server/testing/agent-call.ts';

const workflow = prepareWorkflow({
  id: 'visit',
  version: 1,
  title: 'Visit',
  steps: [{ id: 'who', title: 'Who comes', collects: z.object({ visitor: z.string() }) }],
});

/** Gives each user a token of their own. */
export const tokensByUser: AccessTokens = {
  get: ({ identity }) => Promise.resolve(`token-of-${identity.user}`),
  renew: ({ length }, { identity }) => Promise.resolve(`token-of-${identity.user}-after-${length}`),
};

interface WorldOptions {
  readonly emulator?: EmulatorOptions;
  readonly tokens?: AccessTokens;
  readonly clock?: Clock;
  readonly cardSubmit?: CardSubmit;
  readonly locale?: string;
}

export interface CopilotWorld extends AsyncDisposable {
  readonly agent: Agent;
  readonly emulator: Emulator;
}

export function connectionTo(url: string): ConnectionSettings {
  const connection = new ConnectionSettings();
  connection.directConnectUrl = url;
  return connection;
}

export function agentAt(url: string, options: WorldOptions = {}): Agent {
  const { tokens = tokensByUser, clock = systemClock, cardSubmit = 'message', locale = null } = options;
  const connection = connectionTo(url);
  return createCopilotStudioAgent({ connection, tokens, clock, cardSubmit, locale });
}

/** The adapter, with an emulated service that fails the test when a message is posted twice. */
export async function startCopilotWorld(options: WorldOptions = {}): Promise<CopilotWorld> {
  const emulator = await startEmulator(options.emulator);
  return {
    agent: agentAt(emulator.url, options),
    emulator,
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

/** A conversation that need not be started first. */
const someConversation = 'b3f1c7c2-0000-4000-8000-000000000001';

export function saying(text: string, agentConversationId = someConversation): AgentRequest {
  return requestOf(workflow, { input: { type: 'text', text }, agentConversationId });
}

export function bringing(input: AgentRequest['input'], agentConversationId = someConversation): AgentRequest {
  return requestOf(workflow, { input, agentConversationId });
}

interface Reading {
  readonly activities: readonly Activity[];
  readonly failure: AgentFailure | null;
  readonly end: AnswerEnd | null;
  readonly tookMs: number;
}

/** Reads an answer as far as it goes, and returns how it ended and how long that took. */
export async function read(
  { agent }: Pick<CopilotWorld, 'agent'>,
  request: AgentRequest,
  how: Partial<AgentCallOptions> = {},
): Promise<Reading> {
  const activities: Activity[] = [];
  const began = performance.now();
  const settled = (rest: Pick<Reading, 'failure' | 'end'>): Reading => ({
    activities,
    ...rest,
    tookMs: performance.now() - began,
  });
  try {
    const answer = agent.send(request, callOptions(how))[Symbol.asyncIterator]();
    for (;;) {
      const next = await answer.next();
      if (next.done === true) return settled({ failure: null, end: next.value ?? null });
      activities.push(next.value);
    }
  } catch (error) {
    if (error instanceof AgentFailure) return settled({ failure: error, end: null });
    throw error;
  }
}

/** Returns the error with which opening fails. */
export async function openingFailure({ agent }: Pick<CopilotWorld, 'agent'>): Promise<AgentFailure> {
  const outcome: unknown = await agent.open(callOptions()).catch((error: unknown) => error);
  if (outcome instanceof AgentFailure) return outcome;
  throw new Error('opening was expected to fail', { cause: outcome });
}

export function textsOf({ activities }: Pick<Reading, 'activities'>): (string | undefined)[] {
  return activities.map(({ text }) => text);
}
