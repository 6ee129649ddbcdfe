import { describe, expect, it } from 'vitest';
import { limits } from '../../../server/domain/limits.ts';
import { AgentFailure, createTestCaller } from '../../../server/testing/index.ts';
import { pieces, finalMessage } from '../../unit/answer/live/sample-pieces.ts';
import { failureOf } from '../../support/failure-of.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { WatchReader } from '../watch/read-watch.ts';
import { openCaller, storeKinds } from './open-caller.ts';
import type { StoreKind } from './open-caller.ts';
import { survey, text, travel, tripAtHome } from './sample-workflows.ts';

const conversationId = 'c';
const stranger = { tenant: 'test-tenant', user: 'somebody-else' };

async function openWatched(kind: StoreKind) {
  const test = await openCaller(kind);
  const { workflow } = test.caller;
  const say = (words: string) => {
    test.agent.willAnswer({ text: `You said ${words}.` });
    return workflow.turn({ conversationId, workflowId: 'travel', turnId: words, input: text(words) });
  };
  const watch = async (from: { after?: number; lastEventId?: string; awaitOpening?: boolean } = {}) =>
    new WatchReader(await workflow.watch({ conversationId, ...from }));
  return { ...test, workflow, say, watch };
}

describe.each(storeKinds)('watching a conversation (%s)', (kind) => {
  it('shows every turn that is committed from now on, whole', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const watcher = await test.watch();
    expect(await watcher.next()).toEqual({ type: 'watch.started', turnNumber: 1 });
    const result = await test.say('two');
    const committed = await watcher.until('turn.committed');
    const got = await test.workflow.get({ conversationId });
    expect(committed).toMatchObject({
      ...{ conversationId, workflowId: 'travel', turnId: 'two', turn: result.turn },
      ...{ progress: got.progress, workflowState: got.workflowState },
    });
    expect(committed.messages).toEqual(got.messages.slice(-2));
    await watcher.stop();
  });

  it('resumes after the last event seen, wherever the watch broke off', async () => {
    await using test = await openWatched(kind);
    for (const words of ['one', 'two', 'three']) await test.say(words);
    await test.workflow.end({ conversationId, outcome: 'cancelled' });
    const whole = await test.watch({ after: 0 });
    const ids: string[] = [];
    const seen: string[] = [];
    for (;;) {
      const event = await whole.next();
      if (event.type !== 'watch.started') {
        seen.push(event.type === 'turn.committed' ? event.turnId : event.type);
        ids.push(whole.lastId);
      }
      if (event.type === 'conversation.ended') break;
    }
    expect(seen).toEqual(['one', 'two', 'three', 'conversation.ended']);
    for (const [index, lastEventId] of ids.entries()) {
      const resumed = await test.watch({ lastEventId });
      if (index === ids.length - 1) {
        expect(await resumed.rest()).toEqual([]);
        continue;
      }
      await resumed.until('watch.started');
      const rest: string[] = [];
      while (rest.length < seen.length - index - 1) {
        const event = await resumed.next();
        rest.push(event.type === 'turn.committed' ? event.turnId : event.type);
      }
      expect(rest).toEqual(seen.slice(index + 1));
      expect(await resumed.rest()).toEqual([]);
    }
  });

  it("begins after a turn of the watcher's choice", async () => {
    await using test = await openWatched(kind);
    for (const words of ['one', 'two', 'three']) await test.say(words);
    const watcher = await test.watch({ after: 1 });
    expect((await watcher.until('turn.committed')).turnId).toBe('two');
    expect((await watcher.until('turn.committed')).turnId).toBe('three');
    await watcher.stop();
  });

  it('reads as many missed turns as there are', async () => {
    await using test = await openWatched(kind);
    for (let number = 1; number <= 25; number += 1) await test.say(`turn-${number}`);
    const watcher = await test.watch({ after: 0 });
    for (let number = 1; number <= 25; number += 1)
      expect((await watcher.until('turn.committed')).turn.number).toBe(number);
    await watcher.stop();
  });

  it('reads them though they are large, and then the end', async () => {
    await using test = await openWatched(kind);
    const large = { type: 'message', text: 'x'.repeat(limits.loadedTurnsBytes / 3) };
    for (const words of ['one', 'two', 'three', 'four']) {
      test.agent.willAnswer([large, large]);
      await test.workflow.turn({ conversationId, workflowId: 'travel', turnId: words, input: text(words) });
    }
    await test.workflow.end({ conversationId, outcome: 'cancelled' });
    const watcher = await test.watch({ after: 0 });
    const types = await watcher.rest();
    expect(types.filter((type) => type === 'turn.committed')).toHaveLength(4);
    expect(types.at(-1)).toBe('conversation.ended');
  });

  it('ends when the conversation is ended, with the final status', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const watcher = await test.watch();
    await watcher.until('watch.started');
    const ended = await test.workflow.end({ conversationId, outcome: 'cancelled', reason: 'enough' });
    const { summary, progress } = ended;
    expect(await watcher.until('conversation.ended')).toMatchObject({
      ...{ purged: false, conversationId, workflowId: 'travel', summary, progress },
      workflowState: { status: 'ended', outcome: 'cancelled' },
    });
    expect(await watcher.rest()).toEqual([]);
  });

  it('ends at once if the conversation has already ended, with the final status', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const { summary } = await test.workflow.end({ conversationId, outcome: 'cancelled' });
    const watcher = await test.watch();
    expect(await watcher.next()).toEqual({ type: 'watch.started', turnNumber: 1 });
    expect(await watcher.next()).toMatchObject({ type: 'conversation.ended', purged: false, summary });
    expect(await watcher.rest()).toEqual([]);
  });

  it('ends after the turn that completes it', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const watcher = await test.watch();
    await watcher.until('watch.started');
    test.agent.willAnswer({ text: 'Done.', data: tripAtHome, action: 'complete' });
    await test.workflow.turn({ conversationId, input: text('all of it') });
    expect((await watcher.rest()).slice(-2)).toEqual(['turn.committed', 'conversation.ended']);
  });

  it('ends when the conversation is purged, and does not continue with another one of the same id', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const watcher = await test.watch();
    await watcher.until('watch.started');
    const { lastId } = watcher;
    await test.workflow.end({ conversationId, outcome: 'cancelled', purge: true });
    expect(await watcher.next()).toEqual({ type: 'conversation.ended', purged: true });
    expect(await watcher.rest()).toEqual([]);
    await test.say('another');
    const late = await test.watch({ lastEventId: lastId });
    expect(await late.rest()).toEqual(['watch.started', 'conversation.ended']);
  });

  it('waits for a conversation that is not open yet, if asked to', async () => {
    await using test = await openWatched(kind);
    const watcher = await test.watch({ awaitOpening: true });
    expect(await watcher.next()).toEqual({ type: 'watch.started', turnNumber: 0 });
    await test.say('one');
    expect((await watcher.until('turn.committed')).turnId).toBe('one');
    await watcher.stop();
  });

  it('is for its own user: for others, and if there is none, it is not found (I8)', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const asStranger = test.as(stranger).workflow.watch({ conversationId });
    const ofNone = test.workflow.watch({ conversationId: 'none' });
    const [strangers, nobodys] = [await failureOf(asStranger), await failureOf(ofNone)];
    expect(strangers).toMatchObject({ error: { reason: 'WORKFLOW_NOT_FOUND' } });
    expect(strangers).toEqual(nobodys);
  });

  it('shows a stranger who waits for the same id nothing of it', async () => {
    await using test = await openWatched(kind);
    const watcher = new WatchReader(
      await test.as(stranger).workflow.watch({ conversationId, awaitOpening: true }),
    );
    await watcher.until('watch.started');
    await test.say('mine');
    test.agent.willAnswer({ text: 'Theirs.' });
    await test
      .as(stranger)
      .workflow.turn({ conversationId, workflowId: 'travel', turnId: 'theirs', input: text('theirs') });
    expect((await watcher.until('turn.committed')).turnId).toBe('theirs');
    await watcher.stop();
  });

  it('refuses a malformed event id', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const watch = test.workflow.watch({ conversationId, lastEventId: '../../1' });
    expect(await failureOf(watch)).toMatchObject({
      error: { reason: 'INVALID_INPUT', issues: [{ path: 'lastEventId' }] },
    });
  });

  it('is refused when the user watches too much already, until one of the watches has ended', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const watchers = await Promise.all(Array.from({ length: 20 }, () => test.watch()));
    expect(await failureOf(test.watch())).toMatchObject({ error: { reason: 'OVERLOADED' } });
    const [first] = watchers;
    await first?.next();
    await first?.stop();
    await (await test.watch()).stop();
  });

  it('ends with SHUTTING_DOWN, so that the watcher goes elsewhere', async () => {
    await using test = await openWatched(kind);
    await test.say('one');
    const watcher = await test.watch();
    await watcher.until('watch.started');
    const left = failureOf(watcher.rest());
    await test.shutDown();
    expect(await left).toMatchObject({ error: { reason: 'SHUTTING_DOWN', retryable: true } });
    expect(await failureOf(test.watch())).toMatchObject({ error: { reason: 'SHUTTING_DOWN' } });
  });
});

describe('a running turn', () => {
  it('is shown while it runs, to earlier watchers and to new ones', async () => {
    await using test = await createTestCaller({ definitions: [travel, survey] });
    const { workflow } = test.caller;
    test.agent.willAnswer({ text: 'Hello.' });
    await workflow.turn({ conversationId, workflowId: 'travel', input: text('hi') });
    const early = new WatchReader(await workflow.watch({ conversationId }));
    await early.until('watch.started');
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const [first, ...others] = pieces(['Where', ' would', ' you go?']);
    test.agent.willAnswer(async function* () {
      if (first !== undefined) yield first;
      await held;
      yield* others;
      yield finalMessage('Where would you go?');
    });
    const turn = workflow.turn({ conversationId, turnId: 'live', input: text('on') });
    expect(await early.next()).toEqual({ type: 'turn.started', turnId: 'live', turnNumber: 2 });
    expect(await early.until('message.delta')).toMatchObject({ turnId: 'live', offset: 0, text: 'Where' });
    const late = new WatchReader(await workflow.watch({ conversationId }));
    await late.until('turn.started');
    expect(await late.next()).toMatchObject({ type: 'message.delta', offset: 0, text: 'Where' });
    goOn();
    await turn;
    for (const watcher of [early, late]) {
      await watcher.until('turn.committed');
      const shown = watcher.seen.reduce(
        (words, event) =>
          event.type === 'message.delta' ? words.slice(0, event.offset) + event.text : words,
        '',
      );
      expect(shown).toBe('Where would you go?');
      await watcher.stop();
    }
  });

  it('is reported as failed when nothing of it was stored', async () => {
    await using test = await createTestCaller({ definitions: [survey] });
    const { workflow } = test.caller;
    test.agent.willAnswer({ text: 'Hello.' }, new AgentFailure('failed', 'told to'));
    await workflow.turn({ conversationId, input: text('hi') });
    const watcher = new WatchReader(await workflow.watch({ conversationId }));
    await failureOf(workflow.turn({ conversationId, turnId: 'bad', input: text('on') }));
    const failed = { turnId: 'bad', turnNumber: 2, reason: 'AGENT_FAILED', retryable: true };
    expect(await watcher.until('turn.failed')).toEqual({ type: 'turn.failed', ...failed });
    await watcher.stop();
  });

  it('is reported as failed when another interrupts it, which is shown instead', async () => {
    const agent = new HeldAgent();
    await using test = await createTestCaller({ definitions: [survey], agent });
    const { workflow } = test.caller;
    const opening = workflow.turn({ conversationId, input: text('hi') });
    (await agent.question()).answer();
    await opening;
    const watcher = new WatchReader(await workflow.watch({ conversationId }));
    const first = failureOf(workflow.turn({ conversationId, turnId: 'first', input: text('slow') }));
    await agent.question();
    const second = workflow.turn({
      ...{ conversationId, turnId: 'second', input: text('stop'), whenBusy: 'interrupt' },
    });
    const question = await agent.question();
    expect(await watcher.until('turn.failed')).toEqual({
      type: 'turn.failed',
      ...{ turnId: 'first', turnNumber: 2, reason: 'TURN_INTERRUPTED', retryable: true },
    });
    question.answer();
    await Promise.all([first, second]);
    const committed = await watcher.until('turn.committed');
    expect(committed.turnId).toBe('second');
    await watcher.stop();
  });

  it('can be watched from its first piece if the watch waits for the conversation to be opened', async () => {
    const agent = new HeldAgent();
    await using test = await createTestCaller({ definitions: [survey], agent });
    const { workflow } = test.caller;
    const watcher = new WatchReader(await workflow.watch({ conversationId, awaitOpening: true }));
    const opening = workflow.turn({ conversationId, turnId: 'opens', input: text('hi') });
    const question = await agent.question();
    expect((await watcher.until('turn.started')).turnId).toBe('opens');
    question.answer();
    await opening;
    await watcher.until('turn.committed');
    await watcher.stop();
  });
});

describe('while somebody watches', () => {
  it('the conversation stays alive without any turn (I7)', async () => {
    await using test = await openWatched('memory');
    await test.say('one');
    const watcher = await test.watch();
    await watcher.until('watch.started');
    const waiting = watcher.until('turn.committed');
    for (let hours = 0; hours < 72; hours += 1) {
      test.clock.advance(3_600_000);
      // The watcher checks the conversation after each step, for which it needs a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await test.say('two');
    expect((await waiting).turn.number).toBe(2);
    await watcher.stop();
    test.clock.advance(25 * 3_600_000);
    expect(await failureOf(test.workflow.get({ conversationId }))).toMatchObject({
      error: { reason: 'WORKFLOW_NOT_FOUND' },
    });
  });
});

describe('after a conversation’s whole life without a watcher', () => {
  it('a returning watcher learns that it is gone, and a new one that there is none', async () => {
    await using test = await openWatched('memory');
    await test.say('one');
    const watcher = await test.watch();
    await watcher.until('watch.started');
    await watcher.stop();
    test.clock.advance(25 * 3_600_000);
    const late = await test.watch({ lastEventId: watcher.lastId });
    expect(await late.until('conversation.ended')).toEqual({ type: 'conversation.ended', purged: true });
    expect(await failureOf(test.watch())).toMatchObject({ error: { reason: 'WORKFLOW_NOT_FOUND' } });
  });
});

describe('without the store (I6)', () => {
  it('a new watch is refused, and a running one ends when it next reads', async () => {
    await using test = await openWatched('memory');
    await test.say('one');
    const watcher = await test.watch();
    await watcher.until('watch.started');
    const left = failureOf(watcher.rest());
    test.setStoreDown(true);
    const unavailable = { error: { reason: 'STATE_STORE_UNAVAILABLE', retryable: true } };
    expect(await failureOf(test.watch())).toMatchObject(unavailable);
    test.clock.advance(60_000);
    expect(await left).toMatchObject(unavailable);
    const calls = test.events.flatMap((event) => (event.type === 'call.failed' ? [event.call] : []));
    expect(calls).toEqual(['workflow.watch', 'workflow.watch']);
  });
});
