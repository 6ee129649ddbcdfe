import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Activity } from '../answer/activity.ts';
import type { AgentInput } from '../domain/briefing.ts';
import { prepareWorkflow } from '../domain/workflow.ts';
import type { Agent, AgentRequest } from '../orchestrator/ports/agent.ts';
import { requestOf } from './agent-call.ts';

/** The functions of a test runner that declare tests: those of vitest, `node:test`, Jest or Mocha. */
export interface TestRunner {
  readonly describe: (name: string, declare: () => void) => unknown;
  readonly it: (name: string, test: () => Promise<void>) => unknown;
}

/** The ways in which an agent's service may fail to answer a message. */
export type AgentFault =
  /** It refuses the message before it has read it. */
  | 'turns it away'
  /** It refuses the message, and asks for a retry in two seconds. */
  | 'is busy'
  /** It fails over the message, and reports that. */
  | 'breaks down'
  /** It breaks off in the middle of the answer. */
  | 'breaks off'
  /** It answers completely, without words. */
  | 'says nothing'
  /** It begins to answer, and never ends. */
  | 'falls silent'
  /** It accepts the message, and does not begin to answer. */
  | 'never begins';

/** The service of an agent, as far as a test can observe and control it. */
export interface AgentBackend {
  /** Returns the messages it got, in order of arrival: queries, or whatever carries the person's words. */
  heard(): readonly string[];
  /** Sets the fate of the next message. */
  failNextWith(fault: AgentFault): void;
  /** Resolves once it has a message that it has not answered. */
  hasMessage(): Promise<unknown>;
  /** Resolves once nobody waits for that answer any more: the connection is closed. */
  isLeft(): Promise<unknown>;
}

/** An agent that was started for one test. */
export interface AgentUnderTest {
  readonly agent: Agent;
  /** The agent's service, so that the suite sees what reaches it; leave it out for an agent without one. */
  readonly backend?: AgentBackend;
  /** Stops all that was started. */
  readonly stop?: () => PromiseLike<unknown>;
}

const workflow = prepareWorkflow({
  id: 'visit',
  version: 1,
  title: 'Visit',
  steps: [
    { id: 'who', title: 'Who comes', collects: z.object({ visitor: z.string(), day: z.iso.date() }) },
    { id: 'confirm', title: 'Confirm' },
  ],
});

/** A person's words, with all that an adapter may fail to carry. */
export const words = 'Ada comes, "quoted" — with naïve §§ and 🙂, on 2026-12-01';

/** The request of a first turn in an open conversation. */
export function requestWith(input: AgentInput, agentConversationId: string): AgentRequest {
  return requestOf(workflow, { input, agentConversationId });
}

/** Fails for an answer that says nothing to a person. */
export function assertSpoken(activities: readonly Activity[]): void {
  const isSpoken = activities.some(
    ({ type, text, attachments }) =>
      type === 'message' && ((text ?? '') !== '' || (attachments ?? []).length > 0),
  );
  assert(isSpoken, 'the answer has no words and no attachment');
}

/** Runs a test with an agent that is started for it, and stops that agent. */
export async function withWorld<World extends AgentUnderTest>(
  start: () => Promise<World>,
  run: (world: World) => Promise<void>,
): Promise<void> {
  const world = await start();
  try {
    await run(world);
  } finally {
    await world.stop?.();
  }
}
