import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { survey, text } from './sample-workflows.ts';

const order = defineWorkflow({
  id: 'order',
  version: 1,
  title: 'Order',
  context: z.object({
    customer: z.string().meta({ tellAgent: true }),
    isTrusted: z.boolean().optional(),
  }),
  steps: [
    { id: 'goods', title: 'Goods', collects: z.object({ item: z.string().min(2), count: z.int().max(9) }) },
    {
      id: 'approval',
      title: 'Approval',
      when: (_collected, { isTrusted }) => isTrusted !== true,
      collects: z.object({ approver: z.string() }),
    },
  ],
});

const opening = { context: { customer: 'C-4711', isTrusted: true }, prefill: { item: 'Tea' } };

async function openOrders(kind: StoreKind = 'memory') {
  const test = await createTestCaller({
    definitions: [order, survey],
    store: kind === 'memory' ? 'memory' : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` },
  });
  const { workflow } = test.caller;
  const turn = (how: Partial<Parameters<typeof workflow.turn>[0]> = {}) => {
    test.agent.willAnswer({ text: 'How many?' });
    return workflow.turn({ conversationId: 'c', workflowId: 'order', input: { type: 'open' }, ...how });
  };
  return { ...test, workflow, turn };
}

describe.each(storeKinds)('a conversation that is opened with something, on %s', (kind) => {
  it('has the prefilled fields, knows the facts in its conditions, and tells the agent those it may know', async () => {
    await using test = await openOrders(kind);
    const first = await test.turn({ opening });
    expect(first).toMatchObject({
      workflowState: { collected: { item: 'Tea' }, sources: { item: 'prefilled' } },
      progress: { totalSteps: 1 },
      turn: { collected: {}, stateChanged: false },
    });
    const [request] = test.agent.requests;
    expect(request?.briefing).toMatchObject({ prefilled: ['item'], facts: { customer: 'C-4711' } });
    expect(request?.query).toContain('- customer: "C-4711"');
    expect(request?.query).not.toContain('isTrusted');
    test.agent.willAnswer({ text: 'Done.', data: { count: 2 } });
    const last = await test.workflow.turn({ conversationId: 'c', input: text('two') });
    expect(last.workflowState).toMatchObject({
      status: 'completed',
      sources: { item: 'prefilled', count: 'said' },
    });
    expect(test.agent.requests.at(-1)?.query).toContain('- customer: "C-4711"');
  });

  it('takes the same opening again, and refuses another one', async () => {
    await using test = await openOrders(kind);
    await test.turn({ opening });
    const { prefill, context } = opening;
    expect((await test.turn({ opening: { prefill, context: { ...context } } })).turn.number).toBe(2);
    const other = await failureOf(test.turn({ opening: { ...opening, prefill: {} } }));
    expect([other.code, other.error.reason]).toEqual(['BAD_REQUEST', 'OPENING_DIFFERS']);
    expect((await test.turn()).turn.number).toBe(3);
  });

  it('replays its turns with the same opening, and knows another one by it', async () => {
    await using test = await openOrders(kind);
    await test.turn({ opening, turnId: 't' });
    expect((await test.turn({ opening, turnId: 't' })).replayed).toBe(true);
    expect((await failureOf(test.turn({ turnId: 't' }))).error.reason).toBe('TURN_ID_REUSED');
  });
});

describe('an opening', () => {
  it('is refused as a whole, with an issue for each value that does not fit, and nothing is opened', async () => {
    await using test = await openOrders();
    const wrong = {
      context: { customer: 7, hotel: 'Grand' },
      prefill: { item: 'T', count: 2, colour: 'red' },
    };
    const { error } = await failureOf(test.turn({ opening: wrong }));
    expect(error.reason).toBe('INVALID_INPUT');
    expect(error.issues?.map(({ path }) => path)).toEqual([
      'opening.context.hotel',
      'opening.context.customer',
      'opening.prefill.colour',
      'opening.prefill.item',
    ]);
    expect(test.agent.requests).toEqual([]);
    expect((await failureOf(test.workflow.get({ conversationId: 'c' }))).error.reason).toBe(
      'WORKFLOW_NOT_FOUND',
    );
  });

  it('is needed where the definition requires a fact, and can be left out where it requires none', async () => {
    await using test = await openOrders();
    const { error } = await failureOf(test.turn());
    expect(error.issues?.map(({ path }) => path)).toEqual(['opening.context.customer']);
    expect((await test.turn({ conversationId: 's', workflowId: 'survey' })).turn.number).toBe(1);
  });

  it('is refused where the conversation was opened without one', async () => {
    await using test = await openOrders();
    await test.turn({ conversationId: 's', workflowId: 'survey' });
    const { error } = await failureOf(
      test.turn({ conversationId: 's', workflowId: 'survey', opening: { prefill: { rating: 3 } } }),
    );
    expect(error.reason).toBe('OPENING_DIFFERS');
  });

  it('that says nothing is none', async () => {
    await using test = await openOrders();
    const nothing = { context: {}, prefill: {} };
    for (const empty of [undefined, {}, nothing]) {
      const result = await test.turn({ conversationId: 's', workflowId: 'survey', opening: empty });
      expect(result.workflowState.status).toBe('active');
    }
  });

  it('has bounded facts', async () => {
    await using test = await openOrders();
    const { error } = await failureOf(test.turn({ opening: { context: { customer: 'C'.repeat(9_000) } } }));
    expect(error.issues?.map(({ path }) => path)).toEqual(['opening.context']);
  });

  it('is not taken back by an undo', async () => {
    await using test = await openOrders();
    await test.turn({ opening });
    test.agent.willAnswer({ text: 'Noted.', data: { item: 'Coffee' } });
    await test.workflow.turn({ conversationId: 'c', input: text('coffee') });
    const { workflowState } = await test.turn({ input: { type: 'undo' } });
    expect(workflowState).toMatchObject({ collected: { item: 'Tea' }, sources: { item: 'prefilled' } });
    expect((await failureOf(test.turn({ input: { type: 'undo' } }))).error.reason).toBe('NOTHING_TO_UNDO');
  });

  it('is confirmed by the guided agent, which asks only for the rest', async () => {
    const agent = createGuidedAgent({ clock: systemClock });
    await using test = await createTestCaller({ definitions: [order], agent });
    const { messages, workflowState } = await test.caller.workflow.turn({
      conversationId: 'c',
      input: { type: 'open' },
      opening,
    });
    expect(messages[0]?.text).toContain('I know this already. Tell me if something is wrong');
    expect(messages[0]?.text).toContain('- **Item**: Tea');
    expect(workflowState.suggestedInput.field).toBe('count');
  });
});
