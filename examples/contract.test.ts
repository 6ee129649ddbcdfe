/**
 * A contract test of a workflow: the real router and use cases in memory, with the agent's answers given by the test.
 */
import { createTestCaller } from 'turnkeeper/testing';
import { expect, it } from 'vitest';
import parcel from './workflows/parcel.ts';

const start = { conversationId: 'c', workflowId: 'parcel', turnId: 't-1' } as const;

it('asks for the value of the goods only if the parcel goes abroad', async () => {
  await using test = await createTestCaller({ definitions: [parcel] });
  test.agent.willAnswer({ text: 'What is it worth?', data: { size: 'small', isAbroad: true } });
  const { progress } = await test.caller.workflow.turn({
    ...start,
    input: { type: 'text', text: 'A small one, to Oslo' },
  });
  expect(progress.currentStep).toBe('customs');
});

it('rejects a size that does not exist, and keeps the other answer', async () => {
  await using test = await createTestCaller({ definitions: [parcel] });
  test.agent.willAnswer({ text: 'Which size?', data: { size: 'huge', isAbroad: false } });
  const { turn } = await test.caller.workflow.turn({
    ...start,
    input: { type: 'text', text: 'A huge one, at home' },
  });
  expect(turn.collected).toEqual({ isAbroad: false });
  expect(turn.rejected.map(({ field }) => field)).toEqual(['size']);
});
