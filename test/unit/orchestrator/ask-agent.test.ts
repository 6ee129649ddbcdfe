import { describe, expect, it } from 'vitest';
import { TurnkeeperError } from '../../../server/domain/errors.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import { randomIds } from '../../../server/random-ids.ts';
import { leaseLost } from '../../../server/orchestrator/failures.ts';
import type { AgentCallOptions } from '../../../server/orchestrator/ports/agent.ts';
import { AgentFailure, ScriptedAgent } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { key } from '../../redis/store/sample-turns.ts';
import { asking, saying } from './ask.ts';
import { cancelledBy } from './fake-ports.ts';

describe('the query of a turn', () => {
  const composedFor = async (read: number): Promise<number> => {
    let composed = 0;
    const mark = (): string => {
      composed += 1;
      return `mark-${composed}`;
    };
    const queries = new Set<string>();
    const { answer } = asking(
      async function* (request) {
        for (let times = 0; times < read; times += 1) queries.add(request.query);
        yield* await Promise.resolve([{ type: 'message', text: 'Hello.' }]);
      },
      { ids: { ...randomIds, mark } },
    );
    await answer;
    expect(queries.size).toBe(Math.min(read, 1));
    return composed;
  };

  it('is composed for an agent that reads it, once', async () => {
    expect(await composedFor(3)).toBe(1);
  });

  it('is not composed for an agent that goes by the briefing', async () => {
    expect(await composedFor(0)).toBe(0);
  });
});

describe('an agent whose answer nobody wants any more', () => {
  it.each([
    ['to open a conversation', null],
    ['to go on in its own', 'agent-conversation'],
  ])('is not asked %s when the lease was lost before', async (_what, agentConversationId) => {
    const agent = new ScriptedAgent([{ text: 'Too late.' }]);
    let opened = 0;
    const open = (): Promise<string> => {
      opened += 1;
      return Promise.resolve('opened');
    };
    const { answer, heard } = asking(agent.send.bind(agent), {
      agent: { name: agent.name, open, send: agent.send.bind(agent) },
      agentConversationId,
      loss: cancelledBy(leaseLost()),
    });
    await expect(answer).rejects.toMatchObject({ reason: 'LEASE_LOST' });
    expect(opened).toBe(0);
    expect(agent.requests).toEqual([]);
    expect(heard).toEqual([]);
  });
});

describe('a question that cannot be composed', () => {
  it('fails as the fault that it is: the agent is neither opened nor blamed', async () => {
    const workflow = prepareWorkflow(travel);
    const steps = workflow.steps.map((step) => ({
      ...step,
      isApplicable: (): boolean => {
        throw new Error('a condition that older data breaks');
      },
    }));
    const agent = new ScriptedAgent([{ text: 'Hello' }]);
    let opened = 0;
    const { answer, events } = asking(agent.send.bind(agent), {
      agent: {
        name: agent.name,
        open: () => Promise.resolve(String((opened += 1))),
        send: agent.send.bind(agent),
      },
      agentConversationId: null,
      workflow: { ...workflow, steps },
    });
    await expect(answer).rejects.not.toBeInstanceOf(TurnkeeperError);
    expect(opened).toBe(0);
    expect(agent.requests).toEqual([]);
    expect(events).toEqual([]);
  });
});

describe('the question to the agent', () => {
  it("says on whose behalf it is asked, and carries that user's own token", async () => {
    const told: AgentCallOptions[] = [];
    const { answer } = asking(async function* (_request, options) {
      told.push(options);
      yield await Promise.resolve({ type: 'message', text: 'Hello' });
    });
    await answer;
    expect(told).toMatchObject([{ identity: { tenant: key.tenant, user: key.user }, userToken: 'a-token' }]);
  });
});

describe('the agent conversation of an answer', () => {
  const hello = { type: 'message', text: 'Hello' };

  it('is the one that was asked, unless the agent says that it answered from another', async () => {
    expect(await asking(saying(hello)).answer).toMatchObject({ agentConversationId: 'asked' });
    const moved = asking(async function* () {
      yield await Promise.resolve(hello);
      return { agentConversationId: 'another' };
    });
    expect(await moved.answer).toMatchObject({ agentConversationId: 'another' });
  });

  it.each(['', 'x'.repeat(201), 7, null])('is never one with the improper id %j', async (id) => {
    const { answer } = asking(async function* () {
      yield await Promise.resolve(hello);
      return { agentConversationId: id as string };
    });
    expect(await answer).toMatchObject({ agentConversationId: 'asked' });
  });
});

describe('an agent that refuses the question', () => {
  it.each([
    ['', new AgentFailure('refused', 'not now'), 'AGENT_FAILED'],
    [' for want of the user', new TurnkeeperError('UNAUTHENTICATED', 'Sign in again.'), 'UNAUTHENTICATED'],
  ])('has heard nothing%s', async (_why, error, reason) => {
    const { answer, heard, events } = asking(() => {
      throw error;
    });
    await expect(answer).rejects.toMatchObject({ reason });
    expect(heard).toEqual([true, false]);
    expect(events).toMatchObject([{ type: 'agent.failed', outcome: 'refused' }]);
  });
});
