import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCaller } from 'turnkeeper/testing';
import procedure from '../workflows/my-procedure.ts';

/** Says something in a new conversation, to an agent that finds this data in it. */
async function turnWith(data: Readonly<Record<string, string | number>>) {
  const { agent, caller } = await createTestCaller({ definitions: [procedure] });
  agent.willAnswer({ text: 'Noted.', data });
  return caller.workflow.turn({
    conversationId: 'a-conversation',
    input: { type: 'text', text: 'what a person says' },
  });
}

test('a request without hurry is complete at once', async () => {
  const { turn, progress } = await turnWith({ item: 'keyboard', quantity: 2, urgency: 'no hurry' });
  assert.deepEqual(turn.collected, { item: 'keyboard', quantity: 2, urgency: 'no hurry' });
  assert.equal(progress.currentStep, 'confirm');
});

test('a request for today needs a reason', async () => {
  const { progress } = await turnWith({ item: 'keyboard', quantity: 1, urgency: 'today' });
  assert.equal(progress.currentStep, 'reason');
});

test('an agent cannot put in what the procedure does not allow', async () => {
  const { turn, progress } = await turnWith({ item: 'keyboard', quantity: 1_000, urgency: 'no hurry' });
  assert.deepEqual(
    turn.rejected.map(({ field }) => field),
    ['quantity'],
  );
  assert.equal(progress.currentStep, 'request');
});
