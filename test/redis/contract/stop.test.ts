import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { survey, text } from './sample-workflows.ts';

/** A caller with a turn that runs, the second of its conversation. */
async function openRunning(kind: StoreKind) {
  const agent = new HeldAgent();
  const test = await createTestCaller({
    definitions: [survey],
    agent,
    store: kind === 'memory' ? 'memory' : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` },
  });
  const { workflow } = test.caller;
  const turn = (turnId: string, how: { readonly whenBusy?: 'wait' } = {}) =>
    workflow.turn({ conversationId: 'c', turnId, input: text(turnId), ...how });
  const first = turn('first');
  (await agent.question()).answer();
  await first;
  const running = failureOf(turn('running'));
  return { ...test, workflow, turn, running, question: await agent.question() };
}

describe.each(storeKinds)('workflow.stop on %s', (kind) => {
  it('interrupts the running turn: its caller is told, its agent call is aborted, and nothing of it is stored', async () => {
    await using test = await openRunning(kind);
    expect(await test.workflow.stop({ conversationId: 'c' })).toEqual({ stopped: true });
    expect((await test.running).error.reason).toBe('TURN_INTERRUPTED');
    expect(test.question.options.signal.aborted).toBe(true);
    expect((await test.workflow.get({ conversationId: 'c' })).workflowState.turnCount).toBe(1);
    const next = test.turn('next');
    (await test.agent.question()).answer();
    expect((await next).turn.number).toBe(2);
  });

  it('starts no other turn, but lets one go on that waits', async () => {
    await using test = await openRunning(kind);
    const waiting = test.turn('waiting', { whenBusy: 'wait' });
    await test.workflow.stop({ conversationId: 'c', turnId: 'running' });
    await test.running;
    const question = await test.agent.question();
    expect(question.request.input).toEqual(text('waiting'));
    question.answer();
    expect((await waiting).turn.number).toBe(2);
  });

  it('stops only the turn that it names', async () => {
    await using test = await openRunning(kind);
    expect(await test.workflow.stop({ conversationId: 'c', turnId: 'another' })).toEqual({ stopped: false });
    expect(test.question.options.signal.aborted).toBe(false);
    await test.workflow.stop({ conversationId: 'c' });
    await test.running;
  });

  it('stops nothing where no turn runs, where there is no conversation, and in the name of another user', async () => {
    await using test = await openRunning(kind);
    const other = test.as({ tenant: 'other', user: 'other' });
    expect(await other.workflow.stop({ conversationId: 'c' })).toEqual({ stopped: false });
    expect(await test.workflow.stop({ conversationId: 'nowhere' })).toEqual({ stopped: false });
    await test.workflow.stop({ conversationId: 'c' });
    await test.running;
    expect(await test.workflow.stop({ conversationId: 'c' })).toEqual({ stopped: false });
  });
});

it('is refused with a turn id that no turn can have', async () => {
  await using test = await createTestCaller({ definitions: [survey] });
  const { error } = await failureOf(test.caller.workflow.stop({ conversationId: 'c', turnId: 'a b' }));
  expect(error).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path: 'turnId' }] });
});
