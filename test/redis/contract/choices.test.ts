import { describe, expect, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import type { FindChoices, LookupFailure } from '../../../workflows/definition/choices.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { text } from './sample-workflows.ts';

const centres = [
  { value: '4711', title: 'Marketing' },
  { value: '4712', title: 'Market research' },
  { value: '9000', title: 'Canteen' },
];

interface Asked {
  readonly query: string;
  readonly fields: object;
}

/** A workflow with a looked-up cost centre, and what its lookup was asked. */
async function openLookup(
  answer: FindChoices = (query) =>
    Promise.resolve(
      centres.filter(
        ({ value, title }) => value === query || title.toLowerCase().includes(query.toLowerCase()),
      ),
    ),
  whenUnavailable: LookupFailure = 'fail-turn',
) {
  const asked: Asked[] = [];
  const purchase = defineWorkflow({
    id: 'purchase',
    version: 1,
    title: 'Purchase',
    steps: [
      {
        id: 'only',
        title: 'Only',
        collects: z.object({ company: z.string(), costCentre: z.string().min(2) }),
        choices: {
          costCentre: {
            find: (query, context) => {
              asked.push({ query, fields: context.fields });
              return answer(query, context);
            },
            whenUnavailable,
          },
        },
      },
      { id: 'confirm', title: 'Confirm' },
    ],
  });
  const test = await createTestCaller({ definitions: [purchase] });
  const turn = (turnId = 't') =>
    test.caller.workflow.turn({ conversationId: 'c', turnId, input: text('hello') });
  const choices = (query = '', rest: { limit?: number; cursor?: string | null; field?: string } = {}) =>
    test.caller.workflow.choices({ conversationId: 'c', field: 'costCentre', query, ...rest });
  return { ...test, asked, turn, choices };
}

const broken: FindChoices = () => Promise.reject(new Error('the directory is down'));
const silent: FindChoices = () => new Promise(() => undefined);
const unavailable = { code: 'BAD_GATEWAY', error: { reason: 'CHOICES_UNAVAILABLE', retryable: true } };

describe('workflow.choices', () => {
  it('finds the choices that fit what was typed, page by page, and gives the lookup what is collected', async () => {
    await using test = await openLookup();
    test.agent.willAnswer({ text: 'Hello', data: { company: 'Acme' } });
    await test.turn();
    expect(await test.choices('mark')).toEqual({ choices: centres.slice(0, 2), nextCursor: null });
    const first = await test.choices('', { limit: 2 });
    expect(first).toEqual({ choices: centres.slice(0, 2), nextCursor: '2' });
    expect(await test.choices('', { limit: 2, cursor: first.nextCursor })).toEqual({
      choices: centres.slice(2),
      nextCursor: null,
    });
    expect(test.asked[0]).toEqual({ query: 'mark', fields: { company: 'Acme' } });
  });

  it("is for one's own conversations, and for fields that have a lookup", async () => {
    await using test = await openLookup();
    test.agent.willAnswer({ text: 'Hello' });
    await test.turn();
    const stranger = test.as({ tenant: 'test-tenant', user: 'somebody-else' });
    const asStranger = stranger.workflow.choices({ conversationId: 'c', field: 'costCentre' });
    expect((await failureOf(asStranger)).error.reason).toBe('WORKFLOW_NOT_FOUND');
    for (const field of ['company', 'nothing', '__proto__']) {
      expect(await failureOf(test.choices('', { field }))).toMatchObject({
        error: { reason: 'INVALID_INPUT', issues: [{ path: 'field' }] },
      });
    }
    expect(test.asked).toEqual([]);
  });

  it.each([
    ['fails', broken],
    [
      'throws',
      () => {
        throw new Error('a secret');
      },
    ],
    ['answers something else', () => Promise.resolve([{ value: 7 }] as never)],
  ] as [string, FindChoices][])('can be tried again where the lookup %s', async (_name, answer) => {
    await using test = await openLookup(answer);
    test.agent.willAnswer({ text: 'Hello' });
    await test.turn();
    expect(await failureOf(test.choices('x'))).toMatchObject(unavailable);
    expect(test.events).toContainEqual(
      expect.objectContaining({ type: 'choices.failed', field: 'costCentre', outcome: 'failed' }),
    );
  });

  it('does not wait for a lookup that takes longer than five seconds, and aborts its signal', async () => {
    const signals: AbortSignal[] = [];
    await using test = await openLookup((_query, { signal }) => {
      signals.push(signal);
      return silent('', { fields: {}, context: {}, signal });
    });
    test.agent.willAnswer({ text: 'Hello' });
    await test.turn();
    const waiting = failureOf(test.choices('x'));
    await expect.poll(() => signals.length).toBe(1);
    test.clock.advance(5_000);
    expect(await waiting).toMatchObject(unavailable);
    expect(signals[0]?.aborted).toBe(true);
  });
});

describe('a value of a looked-up field', () => {
  it('is stored if it is a choice, by its value or its title, and its lookup is stored with the turn', async () => {
    await using test = await openLookup();
    test.agent.willAnswer({ data: { costCentre: 'marketing' } }, { data: { costCentre: '9000' } });
    const byTitle = await test.turn('1');
    expect(byTitle.turn.collected).toEqual({ costCentre: '4711' });
    expect(byTitle.turn.lookups).toEqual([
      { field: 'costCentre', kind: 'found', value: '4711', title: 'Marketing' },
    ]);
    expect((await test.turn('2')).turn.collected).toEqual({ costCentre: '9000' });
  });

  it('is refused if it is none, like any value that does not fit', async () => {
    await using test = await openLookup();
    test.agent.willAnswer({ data: { costCentre: 'mark', company: 'Acme' } });
    const { turn } = await test.turn();
    expect(turn.collected).toEqual({ company: 'Acme' });
    expect(turn.rejected).toEqual([{ field: 'costCentre', issues: ['is none of the choices'] }]);
    expect(turn.lookups).toEqual([{ field: 'costCentre', kind: 'unknown' }]);
  });

  it('may depend on other values of the same turn', async () => {
    await using test = await openLookup();
    test.agent.willAnswer({ data: { costCentre: '4711', company: 'Acme' } });
    await test.turn();
    expect(test.asked).toEqual([{ query: '4711', fields: { company: 'Acme' } }]);
  });

  it('is looked up once: a replay and a value that stays ask nothing', async () => {
    await using test = await openLookup();
    test.agent.willAnswer({ data: { costCentre: '4711' } }, { data: { costCentre: '4711' } });
    const first = await test.turn('1');
    const again = await test.turn('1');
    expect(again).toMatchObject({ replayed: true, turn: first.turn });
    await test.turn('2');
    expect(test.asked).toHaveLength(1);
  });

  it('fails its turn where the lookup fails, and nothing is stored', async () => {
    await using test = await openLookup(broken);
    test.agent.willAnswer({ data: { costCentre: '4711' } });
    expect(await failureOf(test.turn())).toMatchObject(unavailable);
    const gone = test.caller.workflow.get({ conversationId: 'c' });
    expect((await failureOf(gone)).error.reason).toBe('WORKFLOW_NOT_FOUND');
  });

  it('is accepted unchecked where the definition says so, and the turn says it', async () => {
    await using test = await openLookup(broken, 'accept');
    test.agent.willAnswer({ data: { costCentre: '4711' } });
    const { turn } = await test.turn();
    expect(turn.collected).toEqual({ costCentre: '4711' });
    expect(turn.lookups).toEqual([{ field: 'costCentre', kind: 'unavailable', value: '4711' }]);
  });

  it('is refused where a caller enters something else than a value, and its title is kept where one is entered', async () => {
    await using test = await openLookup();
    const enter = (costCentre: string, turnId: string) =>
      test.caller.workflow.turn({
        conversationId: 'c',
        turnId,
        input: { type: 'data', data: { costCentre }, respond: false },
      });
    for (const said of ['Marketing', 'nowhere']) {
      expect(await failureOf(enter(said, said))).toMatchObject({
        error: { reason: 'INVALID_INPUT', issues: [{ path: 'input.data.costCentre' }] },
      });
    }
    const { turn } = await enter('9000', 'x');
    expect(turn.lookups).toEqual([{ field: 'costCentre', kind: 'found', value: '9000', title: 'Canteen' }]);
    expect(turn.collected).toEqual({ costCentre: '9000' });
  });

  it('is checked before any agent is asked where a caller enters it', async () => {
    await using test = await openLookup();
    const data = { costCentre: 'nowhere' };
    const refused = test.caller.workflow.turn({ conversationId: 'c', input: { type: 'data', data } });
    expect((await failureOf(refused)).error.reason).toBe('INVALID_INPUT');
    expect(test.agent.requests).toEqual([]);
  });

  it('keeps the title of what was entered, whatever the answer says of the field', async () => {
    await using test = await openLookup();
    test.agent.willAnswer({ text: 'Noted.', data: { costCentre: 'nowhere' } });
    const { turn, workflowState } = await test.caller.workflow.turn({
      conversationId: 'c',
      input: { type: 'data', data: { costCentre: '9000' } },
    });
    expect(workflowState.collected).toEqual({ costCentre: '9000' });
    expect(turn.lookups).toEqual([{ field: 'costCentre', kind: 'found', value: '9000', title: 'Canteen' }]);
    const [asked] = test.agent.requests;
    expect(asked?.briefing.choiceTitles).toEqual({ costCentre: 'Canteen' });
    expect(test.asked).toHaveLength(1);
  });

  it('is checked where it is prefilled: what is no choice opens nothing, and a choice keeps its title', async () => {
    await using test = await openLookup();
    const open = (costCentre: string) =>
      test.caller.workflow.turn({
        conversationId: 'c',
        turnId: 'first',
        input: { type: 'open' },
        opening: { prefill: { costCentre } },
      });
    expect(await failureOf(open('nowhere'))).toMatchObject({
      error: { reason: 'INVALID_INPUT', issues: [{ path: 'opening.prefill.costCentre' }] },
    });
    expect(test.agent.requests).toEqual([]);
    test.agent.willAnswer(
      { text: 'Hello', data: { costCentre: 'nobody' } },
      { text: 'Noted.', data: { costCentre: null } },
    );
    const first = await open('4711');
    expect(first.workflowState).toMatchObject({
      collected: { costCentre: '4711' },
      sources: { costCentre: 'prefilled' },
    });
    const asked = test.asked.length;
    expect(await open('4711')).toMatchObject({ replayed: true, turn: first.turn });
    expect(test.asked).toHaveLength(asked);
    await test.turn('second');
    test.agent.willAnswer({ text: 'Taken back.', data: { costCentre: 'nowhere' } }, { text: 'Yes.' });
    await test.caller.workflow.turn({ conversationId: 'c', input: { type: 'undo' } });
    await test.turn('last');
    expect(test.asked).toHaveLength(asked);
    expect(test.agent.requests.map(({ briefing }) => briefing.choiceTitles)).toEqual([
      { costCentre: 'Marketing' },
      { costCentre: 'Marketing' },
      { costCentre: 'Marketing' },
      { costCentre: 'Marketing' },
    ]);
  });

  it('has to fit the schema where its title was said, because a lookup is not trusted', async () => {
    await using test = await openLookup(() => Promise.resolve([{ value: 'M', title: 'Marketing' }]));
    test.agent.willAnswer({ text: 'Noted.', data: { costCentre: 'Marketing' } });
    const { turn } = await test.turn();
    expect(turn.collected).toEqual({});
    expect(turn.rejected.map(({ field }) => field)).toEqual(['costCentre']);
  });
});
