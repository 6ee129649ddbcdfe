import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../server/system-clock.ts';
import { createTestCaller } from '../../../../server/testing/index.ts';
import { survey, text } from '../../../redis/contract/sample-workflows.ts';
import type { Answer } from '../../../../cli/emulator/service/answers.ts';
import { structured } from '../../../../cli/emulator/service/activities.ts';
import { answersWith, refuses, says, saysNothing } from '../../../../cli/emulator/service/answers.ts';
import { nests, saysMuch, saysOften } from '../../../../cli/emulator/service/faults.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { startCopilotWorld } from './copilot-world.ts';

/** Runs whole turns through the real orchestrator, with the adapter and an emulated service. */
async function startTurns(turnTimeoutMs = 30_000) {
  const { agent, emulator } = await startCopilotWorld();
  const api = await createTestCaller({ definitions: [survey], agent, clock: systemClock, turnTimeoutMs });
  return {
    emulator,
    events: api.events,
    turn: (turnId: string) =>
      api.caller.workflow.turn({ conversationId: 'c-1', turnId, input: text(`the words of ${turnId}`) }),
    get: () => api.caller.workflow.get({ conversationId: 'c-1' }),
    /** Returns the agent conversations that messages were posted to, in order. */
    asked: () =>
      emulator.requests.flatMap(({ kind, conversationId }) => (kind === 'message' ? [conversationId] : [])),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

describe('A conversation with a Copilot Studio agent', () => {
  it('is started once and goes on in the same agent conversation, one POST a turn, none for a replay', async () => {
    await using world = await startTurns();
    for (const turnId of ['t-1', 't-2', 't-2', 't-3', 't-1']) await world.turn(turnId);
    expect(world.emulator.posts()).toMatchObject({ start: 1, message: 3 });
    expect(new Set(world.asked()).size).toBe(1);
  });

  it('takes structure from the value of a message', async () => {
    await using world = await startTurns();
    world.emulator.next('message', answersWith([structured('Thank you.', { data: { rating: 4 } })]));
    expect(await world.turn('t-1')).toMatchObject({
      messages: [{ text: 'Thank you.' }],
      extractedPayload: { source: 'value', confidence: 'high' },
      workflowState: { status: 'completed', collected: { rating: 4 } },
    });
  });

  it('moves to the conversation that the service answers from', async () => {
    await using world = await startTurns();
    const claimedConversationId = 'another-one';
    await world.turn('t-1');
    world.emulator.next('message', says('Who are you?', { claimedConversationId }));
    await world.turn('t-2');
    await world.turn('t-3');
    const [first, second, third] = world.asked();
    expect(second).toBe(first);
    expect(third).toBe(claimedConversationId);
    expect(world.emulator.posts().start).toBe(1);
  });

  const faults: readonly (readonly [string, Answer])[] = [
    ['does not know it any more (404)', refuses(404)],
    ['takes it for somebody else’s (403)', refuses(403)],
    ['breaks down', refuses(500)],
    ['breaks off', says('So far', { ending: 'close' })],
    ['drops the connection', says('So far', { dropAfterBytes: 20 })],
    ['says nothing', saysNothing],
    ['answers with a web page', says('So far', { contentType: 'text/html' })],
    ['sends more than anybody reads', saysMuch(5_000_000)],
  ];
  it.each(faults)(
    'stores nothing if the service %s, and continues in a fresh one',
    async (_fault, answer) => {
      await using world = await startTurns();
      await world.turn('t-1');
      const before = await world.get();
      world.emulator.next('message', answer);
      const { error } = await failureOf(world.turn('t-2'));
      expect(error).toMatchObject({ reason: 'AGENT_FAILED', retryable: true });
      expect((await world.get()).messages).toEqual(before.messages);
      expect(world.emulator.postsWith('the words of t-2')).toHaveLength(1);

      expect((await world.turn('t-2')).turn.number).toBe(2);
      const [first, failed, again] = world.asked();
      expect(failed).toBe(first);
      expect(again).not.toBe(first);
      expect(world.emulator.posts()).toMatchObject({ start: 2, message: 3 });
      expect(world.emulator.requests.at(-1)?.text).toContain('the words of t-1');
    },
  );

  it('is kept if the service was too busy to hear, and the delay is reported', async () => {
    await using world = await startTurns();
    await world.turn('t-1');
    world.emulator.next('message', refuses(429, { retryAfter: '7' }));
    const { error } = await failureOf(world.turn('t-2'));
    expect(error).toMatchObject({ reason: 'AGENT_FAILED', retryable: true, retryAfterMs: 7_000 });
    await world.turn('t-3');
    expect(new Set(world.asked()).size).toBe(1);
    expect(world.emulator.posts().start).toBe(1);
  });

  it('is not held up for longer than a turn may take', async () => {
    await using world = await startTurns(300);
    world.emulator.next('message', says('x'.repeat(100_000), { pace: { bytes: 10, everyMs: 5 } }));
    const received = world.emulator.received('message');
    const { error } = await failureOf(world.turn('t-1'));
    expect(error).toMatchObject({ reason: 'AGENT_TIMEOUT', retryable: true });
    expect(await (await received).closed).toBe('left');
  });

  it('survives an answer of 10,000 activities, and says that it could not take all of it', async () => {
    await using world = await startTurns();
    world.emulator.next('message', saysOften(10_000));
    const { messages, turn } = await world.turn('t-1');
    expect(messages.length).toBeGreaterThan(0);
    expect(turn.parseIssues.length).toBeGreaterThan(0);
    expect((await world.turn('t-2')).turn.number).toBe(2);
  });

  it('survives an answer of 10,000 levels, and shows what it says', async () => {
    await using world = await startTurns();
    world.emulator.next('message', nests(10_000));
    expect(await world.turn('t-1')).toMatchObject({ messages: [{ text: 'Deep' }], turn: { number: 1 } });
  });

  it('leaves no words, ids of the agent or addresses in the log', async () => {
    await using world = await startTurns();
    for (const answer of [
      refuses(500, { body: 'the words of the body' }),
      says('the words', { ending: 'close' }),
    ]) {
      world.emulator.next('message', answer);
      await failureOf(world.turn('t-x'));
    }
    const told = JSON.stringify(world.events);
    const [id] = world.asked();
    for (const unsaid of ['the words', String(id), '127.0.0.1', 'token-of'])
      expect(told).not.toContain(unsaid);
  });
});
