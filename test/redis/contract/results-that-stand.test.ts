import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { survey, text } from './sample-workflows.ts';

const rating = survey.steps[0];
const longer = defineWorkflow({
  ...survey,
  version: 2,
  steps: [rating, { id: 'why', title: 'Why', collects: z.object({ why: z.string() }) }],
});
const without = defineWorkflow({
  ...survey,
  version: 3,
  steps: [{ id: 'why', title: 'Why', collects: z.object({ why: z.string() }) }],
});
const other = defineWorkflow({ id: 'other', version: 1, title: 'Other', steps: [{ id: 'a', title: 'A' }] });

/** A store with a survey that its turn completed, under version 1. */
async function completedSurvey() {
  const store = { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` };
  await using before = await createTestCaller({ definitions: [survey], store });
  before.agent.willAnswer({ text: 'Thanks', data: { rating: 5 } });
  const turn = await before.caller.workflow.turn({ conversationId: 'c', input: text('5') });
  const ended = await before.caller.workflow.end({ conversationId: 'c', outcome: 'completed' });
  return { store, turn, ended };
}

describe('the result of a finished conversation stands', () => {
  it.each([
    ['a step was added to its definition', longer],
    ['a field it collected has left its definition', without],
    ['the server no longer runs its workflow', other],
  ])('when %s', async (_change, definition) => {
    const { store, turn, ended } = await completedSurvey();
    await using after = await createTestCaller({ definitions: [definition], store });
    const view = await after.caller.workflow.get({ conversationId: 'c' });
    expect(view.workflowState).toMatchObject({
      status: 'completed',
      collected: { rating: 5 },
      definitionVersion: 1,
    });
    expect(view.progress).toEqual(turn.progress);
    expect(view.progress.percentComplete).toBe(100);
    const again = await after.caller.workflow.end({ conversationId: 'c', outcome: 'cancelled' });
    expect(again.summary).toEqual(ended.summary);
    expect(again.progress).toEqual(turn.progress);
    const { conversations } = await after.caller.workflow.list();
    const { steps, ...progress } = turn.progress;
    expect(steps).toEqual([{ id: 'rating', title: 'Rating', state: 'done' }]);
    expect(conversations).toMatchObject([{ title: 'Survey', status: 'completed' }]);
    expect(conversations[0]?.progress).toEqual(progress);
  });
});

describe('a conversation whose workflow is gone', () => {
  it.each([false, true])('can still be cancelled (purged: %s)', async (purge) => {
    const store = { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` };
    await using before = await createTestCaller({ definitions: [longer], store });
    before.agent.willAnswer({ data: { rating: 5 } });
    await before.caller.workflow.turn({ conversationId: 'c', input: text('5') });
    await using after = await createTestCaller({ definitions: [other], store });
    const refused = await failureOf(after.caller.workflow.end({ conversationId: 'c', outcome: 'completed' }));
    expect(refused.error.reason).toBe('DEFINITION_CHANGED');
    const ended = await after.caller.workflow.end({ conversationId: 'c', outcome: 'cancelled', purge });
    expect(ended).toMatchObject({
      purged: purge,
      workflowState: { status: 'ended', collected: { rating: 5 }, currentStep: 'why' },
      progress: { percentComplete: 50 },
    });
  });
});

describe('a repeated turn id', () => {
  it('does not excuse naming the wrong workflow', async () => {
    await using test = await createTestCaller({ definitions: [survey, other] });
    test.agent.willAnswer({ text: 'Thanks' });
    const turn = { conversationId: 'c', turnId: 't', input: text('5') } as const;
    await test.caller.workflow.turn({ ...turn, workflowId: 'survey' });
    const { error } = await failureOf(test.caller.workflow.turn({ ...turn, workflowId: 'other' }));
    expect(error.reason).toBe('WORKFLOW_MISMATCH');
  });
});

describe('a change of an earlier version of the definition', () => {
  it('is not taken back, and the rest of the conversation has neither sources nor titles of what is gone', async () => {
    const store = { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` };
    const enter = {
      conversationId: 'c',
      input: { type: 'data', data: { rating: 3 }, respond: false },
    } as const;
    {
      await using before = await createTestCaller({ definitions: [longer], store });
      await before.caller.workflow.turn(enter);
      await before.caller.workflow.turn({ ...enter, input: { ...enter.input, data: { rating: 4 } } });
    }
    const renamed = defineWorkflow({
      ...without,
      steps: [{ id: 'why', title: 'Why', collects: z.object({ why: z.string(), score: z.int().min(4) }) }],
      migrate: ({ collected }) => ({ score: collected['rating'] ?? 4 }),
    });
    await using after = await createTestCaller({ definitions: [renamed], store });
    const undone = after.caller.workflow.turn({ conversationId: 'c', input: { type: 'undo' } });
    expect((await failureOf(undone)).error.reason).toBe('NOTHING_TO_UNDO');
    after.agent.willAnswer({ text: 'Why?' });
    const { workflowState } = await after.caller.workflow.turn({ conversationId: 'c', input: text('hello') });
    expect(workflowState).toMatchObject({ collected: { score: 4 }, sources: { score: 'said' } });
    expect(workflowState.sources).not.toHaveProperty('rating');
  });
});
