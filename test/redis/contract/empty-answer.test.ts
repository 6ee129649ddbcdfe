import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../server/answer/activity.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { defineWorkflow } from '../../../workflows/definition/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller } from './open-caller.ts';
import { text } from './sample-workflows.ts';

async function answeredWith(...answer: Activity[]) {
  const test = await openCaller();
  test.agent.willAnswer(answer, { text: 'Hello.' });
  const turn = (words: string) =>
    test.caller.workflow.turn({ conversationId: 'c', workflowId: 'survey', input: text(words) });
  return { ...test, turn };
}

describe('an empty answer', () => {
  it.each<[string, Activity]>([
    ['a message without a word', { type: 'message' }],
    ['blank words', { type: 'message', text: ' \n ' }],
    ['what concerns nobody here', { type: 'conversationUpdate' }],
  ])('(%s) counts as a failure of the agent, and nothing of the turn is stored', async (_what, activity) => {
    await using test = await answeredWith(activity);
    const { code, error } = await failureOf(test.turn('hello'));
    expect([code, error.reason]).toEqual(['BAD_GATEWAY', 'AGENT_FAILED']);
    expect((await test.turn('again')).turn.number).toBe(1);
    const [first, second] = test.agent.requests;
    expect(second?.agentConversationId).not.toBe(first?.agentConversationId);
  });

  it('is still a turn if something was left out: the caller gets the issues', async () => {
    await using test = await answeredWith({ type: 'message', attachments: [{ contentType: 'image/png' }] });
    const { turn, messages } = await test.turn('hello');
    expect(messages.filter(({ role }) => role === 'assistant')).toEqual([]);
    expect(turn.parseIssues.length).toBeGreaterThan(0);
  });

  it('is none if the agent ended its conversation, or sent structure', async () => {
    await using test = await answeredWith({ type: 'endOfConversation', code: 'userCancelled' });
    expect((await test.turn('bye')).turn.number).toBe(1);
    await using other = await answeredWith({ type: 'message', value: { action: 'research' } });
    expect((await other.turn('look')).turn.parse).toBe('structured');
  });
});

describe('the end of the agent’s conversation', () => {
  const talk = defineWorkflow({
    id: 'talk',
    version: 1,
    title: 'Talk',
    steps: [{ id: 'talk', title: 'Talk' }],
  });

  it.each([
    [undefined, 'completed'],
    ['completedSuccessfully', 'completed'],
    ['error', 'active'],
    [7, 'active'],
    [{}, 'active'],
    [false, 'active'],
  ])('with the code %j leaves the workflow %j', async (code, status) => {
    await using test = await createTestCaller({ definitions: [talk] });
    test.agent.willAnswer([{ type: 'endOfConversation', text: 'Bye.', code }]);
    const { workflowState } = await test.caller.workflow.turn({ conversationId: 'c', input: text('bye') });
    expect(workflowState.status).toBe(status);
  });
});
