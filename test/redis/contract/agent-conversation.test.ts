import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import type { Activity } from '../../../server/answer/activity.ts';
import { limits } from '../../../server/domain/limits.ts';
import { AgentFailure, ScriptedAgent, createTestCaller } from '../../../server/testing/index.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../../server/testing/index.ts';
import type { AnswerEnd } from '../../../server/orchestrator/ports/agent.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import { survey, text } from './sample-workflows.ts';

class ForgetfulAgent extends ScriptedAgent {
  readonly historyTurns = 2;
}

/** Answers under an agent conversation of its own choice. */
class MovingAgent extends ScriptedAgent {
  movesTo: string | null = null;

  override async *send(
    request: AgentRequest,
    options: AgentCallOptions,
  ): AsyncGenerator<Activity, AnswerEnd | undefined> {
    yield* super.send(request, options);
    return this.movesTo === null ? undefined : { agentConversationId: this.movesTo };
  }
}

function openSurvey<TestAgent extends Agent>(agent: TestAgent, prefix = `t-${randomUUID()}`) {
  const store = { redisUrl: inject('redisUrl'), prefix };
  return createTestCaller({ definitions: [survey], agent, store });
}

const answers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: `Answer ${index + 1}` }));
const say = (words: string) => ({ conversationId: 'c', input: text(words) });
const saidIn = (request: AgentRequest | undefined) =>
  request?.history.map(({ messages }) => messages.map((message) => message.text));

describe('an agent that remembers nothing by itself', () => {
  it('gets the last turns with every request, oldest first, and not in the query as well', async () => {
    const agent = new ForgetfulAgent(answers(4));
    await using test = await openSurvey(agent);
    for (const words of ['one', 'two', 'three', 'four']) await test.caller.workflow.turn(say(words));
    expect(saidIn(agent.requests[0])).toEqual([]);
    expect(saidIn(agent.requests[1])).toEqual([['one', 'Answer 1']]);
    expect(saidIn(agent.requests[3])).toEqual([
      ['two', 'Answer 2'],
      ['three', 'Answer 3'],
    ]);
    expect(agent.requests[3]?.query).not.toContain('Answer 3');
  });

  it('gets committed turns only, after one that failed, and each once', async () => {
    const agent = new ForgetfulAgent([
      { text: 'Answer 1' },
      new AgentFailure('ambiguous', 'broke off'),
      ...answers(1),
    ]);
    await using test = await openSurvey(agent);
    await test.caller.workflow.turn(say('one'));
    await expect(test.caller.workflow.turn(say('lost'))).rejects.toThrow();
    await test.caller.workflow.turn(say('again'));
    expect(saidIn(agent.requests[2])).toEqual([['one', 'Answer 1']]);
    expect(agent.requests[2]?.query).not.toContain('Answer 1');
  });

  it('is the only one that gets them: an agent with a memory gets none', async () => {
    const agent = new ScriptedAgent(answers(2));
    await using test = await openSurvey(agent);
    await test.caller.workflow.turn(say('one'));
    await test.caller.workflow.turn(say('two'));
    expect(agent.requests[1]?.history).toEqual([]);
  });
});

describe("an agent's conversation", () => {
  it('is the one that the agent last answered from', async () => {
    const agent = new MovingAgent(answers(3));
    await using test = await openSurvey(agent);
    agent.movesTo = 'moved-1';
    await test.caller.workflow.turn(say('one'));
    agent.movesTo = null;
    await test.caller.workflow.turn(say('two'));
    await test.caller.workflow.turn(say('three'));
    expect(agent.requests.map(({ agentConversationId }) => agentConversationId)).toEqual([
      'scripted-1',
      'moved-1',
      'moved-1',
    ]);
  });

  it.each(['', 'x'.repeat(201), 7 as unknown as string])('does not move to %j', async (movesTo) => {
    const agent = new MovingAgent(answers(2));
    await using test = await openSurvey(agent);
    agent.movesTo = movesTo;
    await test.caller.workflow.turn(say('one'));
    agent.movesTo = null;
    await test.caller.workflow.turn(say('two'));
    expect(agent.requests[1]?.agentConversationId).toBe('scripted-1');
  });

  it('is not continued by another agent, which opens its own', async () => {
    const prefix = `t-${randomUUID()}`;
    await using before = await openSurvey(new ScriptedAgent(answers(1)), prefix);
    await before.caller.workflow.turn(say('one'));
    const scripted = new ScriptedAgent(answers(2));
    const other: Agent = {
      name: 'another',
      open: () => Promise.resolve('of-another'),
      send: (request, options) => scripted.send(request, options),
    };
    await using after = await openSurvey(other, prefix);
    await after.caller.workflow.turn(say('two'));
    await after.caller.workflow.turn(say('three'));
    expect(scripted.requests.map(({ agentConversationId }) => agentConversationId)).toEqual([
      'of-another',
      'of-another',
    ]);
  });

  it('is over once the agent says so: the next turn opens another', async () => {
    await using test = await openCaller('memory');
    test.agent.willAnswer(
      [
        { type: 'message', text: 'Goodbye.' },
        { type: 'endOfConversation', code: 'userCancelled' },
      ],
      { text: 'Hello again.' },
    );
    const first = await test.caller.workflow.turn({ ...say('bye'), workflowId: 'survey' });
    expect(first.workflowState.status).toBe('active');
    await test.caller.workflow.turn(say('hello'));
    expect(test.agent.requests.map(({ agentConversationId }) => agentConversationId)).toEqual([
      'scripted-1',
      'scripted-2',
    ]);
  });
});

describe.each(storeKinds)('the history that a turn loads for the agent on %s', (kind) => {
  it('stays bounded however long the conversation and its turns are', async () => {
    const agent = new ForgetfulAgent(
      Array.from({ length: 4 }, () =>
        Array.from({ length: 3 }, () => ({ type: 'message', text: 'x'.repeat(limits.loadedTurnsBytes / 3) })),
      ),
    );
    const store = kind === 'memory' ? kind : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` };
    await using test = await createTestCaller({ definitions: [survey], agent, store });
    for (const words of ['one', 'two', 'three', 'four']) await test.caller.workflow.turn(say(words));
    expect(agent.requests[3]?.history).toHaveLength(1);
  });
});
