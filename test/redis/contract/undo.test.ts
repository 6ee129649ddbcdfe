import { describe, expect, it } from 'vitest';
import type { Json } from '../../../workflows/definition/json.ts';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { text, tripAtHome } from './sample-workflows.ts';

const key = { conversationId: 'c', workflowId: 'travel' } as const;

async function openTravel(kind: StoreKind = 'memory') {
  const test = await openCaller(kind);
  const { workflow } = test.caller;
  const say = (data: Readonly<Record<string, Json>>, action?: 'confirm') => {
    test.agent.willAnswer({ text: 'Noted.', data, ...(action === undefined ? {} : { action }) });
    return workflow.turn({ ...key, input: text('hello') });
  };
  const enter = (data: Readonly<Record<string, string | number>>) =>
    workflow.turn({ ...key, input: { type: 'data', data, respond: false } });
  const undo = (turnId?: string) => {
    test.agent.willAnswer({ text: 'Taken back.' });
    return workflow.turn({ ...key, turnId, input: { type: 'undo' } });
  };
  return { ...test, workflow, say, enter, undo };
}

describe.each(storeKinds)('an undo on %s', (kind) => {
  it('takes back what the last turn that changed something did, and names it', async () => {
    await using test = await openTravel(kind);
    const before = await test.say({ destination: 'Bergen', nights: 2 });
    await test.say({ destination: 'Oslo', nights: null, note: 'by train' });
    await test.say({});
    const { turn, workflowState, progress, messages } = await test.undo();
    expect(turn).toMatchObject({
      number: 4,
      undid: 2,
      collected: { destination: 'Bergen', nights: 2, note: null },
      stateChanged: true,
    });
    expect(workflowState.collected).toEqual(before.workflowState.collected);
    expect(workflowState.sources).toEqual(before.workflowState.sources);
    expect(progress).toEqual(before.progress);
    expect(messages).toMatchObject([{ text: 'Taken back.' }]);
    const shown = await test.workflow.get({ conversationId: 'c' });
    expect(shown.messages.filter(({ role }) => role === 'user').at(-1)).toMatchObject({
      kind: 'event',
      undid: 2,
    });
  });

  it('goes further back each time, until there is nothing to undo', async () => {
    await using test = await openTravel(kind);
    await test.say({ destination: 'Bergen' });
    await test.enter({ nights: 2 });
    await test.enter({ nights: 3 });
    expect((await test.undo()).turn).toMatchObject({ undid: 3, collected: { nights: 2 } });
    expect((await test.undo()).turn).toMatchObject({ undid: 2, collected: { nights: null } });
    await test.enter({ nights: 9 });
    expect((await test.undo()).turn).toMatchObject({ undid: 6, collected: { nights: null } });
    expect((await test.undo()).turn).toMatchObject({ undid: 1, collected: { destination: null } });
    const { code, error } = await failureOf(test.undo());
    expect([code, error.reason]).toEqual(['PRECONDITION_FAILED', 'NOTHING_TO_UNDO']);
  });

  it('happens once: sent again, it returns the same, and takes nothing more back', async () => {
    await using test = await openTravel(kind);
    await test.enter({ nights: 2 });
    await test.enter({ nights: 3 });
    await test.undo('u');
    const again = await test.undo('u');
    expect(again).toMatchObject({
      replayed: true,
      turn: { undid: 2 },
      workflowState: { collected: { nights: 2 } },
    });
    expect((await test.workflow.get({ conversationId: 'c' })).workflowState.turnCount).toBe(3);
  });

  it('goes on with the agent in a fresh conversation, which is not told what was taken back', async () => {
    await using test = await openTravel(kind);
    await test.say({ destination: 'Bergen' });
    await test.say({ nights: 2 });
    await test.undo();
    const [first, second, third] = test.agent.requests;
    expect(second?.agentConversationId).toBe(first?.agentConversationId);
    expect(third?.agentConversationId).not.toBe(first?.agentConversationId);
    expect(third?.input).toEqual({ type: 'undo', undid: 2, changed: { nights: null } });
    expect(third?.briefing.collected).toEqual({ destination: 'Bergen' });
    await test.say({});
    expect(test.agent.requests.at(-1)?.agentConversationId).toBe(third?.agentConversationId);
  });
});

describe('an undo', () => {
  it('lets the answer set nothing, pass no step and complete nothing', async () => {
    await using test = await openTravel();
    await test.say(tripAtHome, 'confirm');
    await test.say({ nights: 3 });
    test.agent.willAnswer({ text: 'Done!', data: { nights: 5 }, action: 'complete' });
    const { turn, workflowState } = await test.workflow.turn({ ...key, input: { type: 'undo' } });
    expect(workflowState).toMatchObject({ status: 'active', collected: tripAtHome, currentStep: 'confirm' });
    expect(turn.rejected).toEqual([
      { field: 'nights', issues: ['this turn takes a change back, and sets nothing'] },
    ]);
  });

  it('is refused where nothing has changed yet, and in a conversation that does not exist', async () => {
    await using test = await openTravel();
    expect((await failureOf(test.undo())).error.reason).toBe('NOTHING_TO_UNDO');
    await test.say({});
    expect((await failureOf(test.undo())).error.reason).toBe('NOTHING_TO_UNDO');
  });

  it('that the agent fails takes nothing back', async () => {
    await using test = await openTravel();
    await test.enter({ nights: 2 });
    test.agent.willAnswer({ text: '' });
    const { error } = await failureOf(test.workflow.turn({ ...key, input: { type: 'undo' } }));
    expect(error.reason).toBe('AGENT_FAILED');
    expect((await test.workflow.get({ conversationId: 'c' })).workflowState.collected).toEqual({ nights: 2 });
  });
});
