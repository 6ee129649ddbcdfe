import { describe, expect, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { text, tripAtHome } from './sample-workflows.ts';

const key = { conversationId: 'c', workflowId: 'travel' } as const;

async function openTravel(kind: StoreKind = 'memory') {
  const test = await openCaller(kind);
  const { workflow } = test.caller;
  const enter = (
    data: Readonly<Record<string, string | number | boolean | null>>,
    how: { readonly text?: string; readonly respond?: boolean; readonly turnId?: string } = {},
  ) => {
    const { turnId, ...input } = how;
    return workflow.turn({ ...key, turnId, input: { type: 'data', data, ...input } });
  };
  return { ...test, workflow, enter };
}

describe.each(storeKinds)('a data turn on %s', (kind) => {
  it('sets fields, tells the agent what was entered, and answers', async () => {
    await using test = await openTravel(kind);
    test.agent.willAnswer({ text: 'When do you leave?' });
    const result = await test.enter({ destination: 'Bergen', nights: 2 }, { text: ' by train ' });
    expect(result).toMatchObject({
      messages: [{ text: 'When do you leave?' }],
      turn: { number: 1, collected: { destination: 'Bergen', nights: 2 }, stateChanged: true },
      workflowState: { sources: { destination: 'entered', nights: 'entered' } },
    });
    const [request] = test.agent.requests;
    expect(request?.input).toEqual({
      type: 'data',
      data: { destination: 'Bergen', nights: 2 },
      text: 'by train',
    });
    expect(request?.briefing.collected).toEqual({ destination: 'Bergen', nights: 2 });
    expect(request?.query).toContain('do not send them in "data": destination, nights');
    expect(request?.query).toMatch(/\[user \w+\]\nby train\n\[end of user \w+\]$/);
    const { messages } = await test.workflow.get({ conversationId: 'c' });
    const entered = { destination: 'Bergen', nights: 2 };
    expect(messages[0]).toMatchObject({ role: 'user', kind: 'event', data: entered, text: 'by train' });
  });

  it('asks no agent where it wants no answer, and moves position and progress all the same', async () => {
    await using test = await openTravel(kind);
    const result = await test.enter(tripAtHome, { respond: false });
    expect(result).toMatchObject({
      messages: [],
      turn: { parse: 'none', action: null, step: { from: 'trip', to: 'confirm' } },
      progress: { currentStep: 'confirm', completedSteps: 1 },
      timings: { agentMs: 0 },
    });
    expect(test.agent.requests).toEqual([]);
    test.agent.willAnswer({ text: 'All right?', action: 'confirm' });
    await test.workflow.turn({ ...key, input: text('and now?') });
    expect(test.agent.requests).toHaveLength(1);
  });

  it('completes a workflow that lacks nothing more', async () => {
    await using test = await openTravel(kind);
    const { workflowState } = await test.workflow.turn({
      conversationId: 's',
      workflowId: 'survey',
      input: { type: 'data', data: { rating: 4 }, respond: false },
    });
    expect(workflowState).toMatchObject({ status: 'completed', collected: { rating: 4 } });
  });

  it('happens once: sent again, it returns the same, and with other data it is refused', async () => {
    await using test = await openTravel(kind);
    const first = await test.enter({ nights: 2 }, { respond: false, turnId: 't' });
    const again = await test.enter({ nights: 2 }, { respond: false, turnId: 't' });
    expect({ ...again, replayed: false, latencyMs: 0, timings: null }).toEqual({
      ...first,
      latencyMs: 0,
      timings: null,
    });
    const other = await failureOf(test.enter({ nights: 3 }, { respond: false, turnId: 't' }));
    expect(other.error.reason).toBe('TURN_ID_REUSED');
  });

  it('sets nothing if one value is refused, names each fault at its field, and asks no agent', async () => {
    await using test = await openTravel(kind);
    const { code, error } = await failureOf(
      test.enter({ destination: 'Bergen', nights: 99, departure: 'soon', hotel: 'Grand' }),
    );
    expect([code, error.reason]).toEqual(['BAD_REQUEST', 'INVALID_INPUT']);
    expect(error.issues?.map(({ path }) => path)).toEqual([
      'input.data.hotel',
      'input.data.nights',
      'input.data.departure',
    ]);
    expect(error.issues?.[0]?.message).toBe('is no field of this workflow');
    expect(test.agent.requests).toEqual([]);
    const { error: missing } = await failureOf(test.workflow.get({ conversationId: 'c' }));
    expect(missing.reason).toBe('WORKFLOW_NOT_FOUND');
  });
});

describe('the answer to a data turn', () => {
  it('can set other fields, but none that the person has just entered', async () => {
    await using test = await openTravel();
    test.agent.willAnswer({ text: 'Noted.', data: { destination: 'Oslo', nights: 3, isAbroad: false } });
    const { turn, workflowState } = await test.enter({ destination: 'Bergen', nights: 3 });
    expect(workflowState.collected).toEqual({ destination: 'Bergen', nights: 3, isAbroad: false });
    expect(workflowState.sources).toEqual({ destination: 'entered', nights: 'entered', isAbroad: 'said' });
    expect(turn.rejected).toEqual([{ field: 'destination', issues: ['the person has set it in this turn'] }]);
  });

  it('can take away what would complete the workflow, which goes on then', async () => {
    const pair = z.object({ first: z.string(), second: z.string() });
    const steps = [{ id: 'only', title: 'Only', collects: pair }];
    const definition = defineWorkflow({ id: 'pair', version: 1, title: 'Pair', steps });
    await using test = await createTestCaller({ definitions: [definition] });
    const enter = (data: { readonly first?: string; readonly second?: string }, respond: boolean) =>
      test.caller.workflow.turn({ conversationId: 'c', input: { type: 'data', data, respond } });
    await enter({ first: 'a' }, false);
    test.agent.willAnswer({ text: 'The first one again, please.', data: { first: null } });
    const { workflowState } = await enter({ second: 'b' }, true);
    expect(workflowState).toMatchObject({ status: 'active', collected: { second: 'b' } });
    expect(workflowState).not.toHaveProperty('outcome');
  });

  it('that fails rolls the fields back, too', async () => {
    await using test = await openTravel();
    test.agent.willAnswer({ text: 'Hello' });
    await test.workflow.turn({ ...key, input: { type: 'open' } });
    test.agent.willAnswer({ text: '' });
    expect((await failureOf(test.enter({ nights: 2 }))).error.reason).toBe('AGENT_FAILED');
    expect((await test.workflow.get({ conversationId: 'c' })).workflowState.collected).toEqual({});
  });
});

describe('a data turn', () => {
  it('clears fields with null, and their sources with them', async () => {
    await using test = await openTravel();
    await test.enter({ destination: 'Bergen', nights: 2 }, { respond: false });
    const { turn, workflowState } = await test.enter({ nights: null }, { respond: false });
    expect(turn.collected).toEqual({ nights: null });
    expect(workflowState).toMatchObject({
      collected: { destination: 'Bergen' },
      sources: { destination: 'entered' },
    });
    expect(workflowState.sources).not.toHaveProperty('nights');
  });

  it('ends a confirmation that was asked for, as it is about other values now', async () => {
    await using test = await openTravel();
    test.agent.willAnswer({ text: 'All right?', data: tripAtHome, action: 'confirm' });
    await test.workflow.turn({ ...key, input: text('hello') });
    const same = await test.enter({ nights: 2 }, { respond: false });
    expect(same.workflowState.suggestedInput.type).toBe('confirmation');
    const other = await test.enter({ nights: 3 }, { respond: false });
    expect(other.workflowState.suggestedInput.type).not.toBe('confirmation');
  });

  it('must set something, or say something', async () => {
    await using test = await openTravel();
    const { error } = await failureOf(test.enter({}));
    expect(error.issues).toEqual([{ path: 'input.data', message: 'must set a field, or come with a text' }]);
    test.agent.willAnswer({ text: 'Yes?' });
    expect((await test.enter({}, { text: 'hello' })).turn.number).toBe(1);
  });

  it.each([
    ['data that is no object', { type: 'data', data: [1] }, 'input.data'],
    ['no data', { type: 'data' }, 'input.data'],
    ['an unknown key', { type: 'data', data: { nights: 1 }, silent: true }, 'input.silent'],
    ['a text of spaces', { type: 'data', data: { nights: 1 }, text: '  ' }, 'input.text'],
  ])('is refused with %s', async (_fault, input, path) => {
    await using test = await openTravel();
    const { error } = await failureOf(test.workflow.turn({ ...key, input: input as never }));
    expect(error).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path }] });
  });

  it.each([
    ['a field', '{ "nights": 2, "toString": 1 }', 'toString'],
    [
      'a member of a value',
      '{ "nights": 2, "destination": { "constructor": 1 } }',
      'destination.constructor',
    ],
  ])(
    'loses nothing silently: it is refused with the name of an inherited member for %s',
    async (_, json, at) => {
      await using test = await openTravel();
      const { error } = await failureOf(test.enter(JSON.parse(json) as never, { respond: false }));
      expect(error.issues).toEqual([
        { path: 'input.data', message: `holds the name "${at}", which can not be taken` },
      ]);
    },
  );

  it('takes no name of an inherited member for a field', async () => {
    await using test = await openTravel();
    const data = JSON.parse('{ "__proto__": { "nights": 1 }, "constructor": 1 }') as never;
    const { error } = await failureOf(test.enter(data));
    expect(error.reason).toBe('INVALID_INPUT');
  });
});
