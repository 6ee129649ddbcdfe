import { describe, expect, inject, it } from 'vitest';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { AgentFailure, ManualClock, ScriptedAgent, createTestCaller } from '../../../server/testing/index.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../../server/testing/index.ts';
import type { Activity } from '../../../server/answer/activity.ts';
import { limits } from '../../../server/domain/limits.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { failureOf } from '../../support/failure-of.ts';
import { deferred } from '../../support/deferred.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { dumpUnder, freshPrefix, keysUnder, rawRedis } from '../../support/raw-redis.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';
import { callOptions } from '../../../server/testing/agent-call.ts';

const identity = { tenant: 'test-tenant', user: 'test-user' };
const turnTimeoutMs = 30_000;

type Misbehaviour = Partial<Pick<Agent, 'open' | 'send'>>;

/** An agent that answers well except for the one call that it is told to spoil. */
class SpoiledAgent extends ScriptedAgent {
  spoiledBy: Misbehaviour | null = null;
  readonly reached = deferred();

  override open(): Promise<string> {
    if (this.spoiledBy?.open === undefined) return super.open();
    this.reached.resolve();
    return this.spoiledBy.open(callOptions());
  }

  override send(request: AgentRequest, options: AgentCallOptions): AsyncIterable<Activity> {
    if (this.spoiledBy?.send === undefined) return super.send(request, options);
    this.reached.resolve();
    return this.spoiledBy.send(request, options);
  }
}

async function openUnder<TestAgent extends Agent>(agent: TestAgent) {
  const prefix = freshPrefix();
  const clock = new ManualClock();
  const store = { redisUrl: inject('redisUrl'), prefix };
  const under = await createTestCaller({ definitions: [survey], agent, clock, store, turnTimeoutMs });
  const raw = rawRedis(inject('redisUrl'));
  const { workflow } = under.caller;
  return {
    ...under,
    clock,
    raw: raw.redis,
    keys: new KeyBuilder(prefix).conversation({ ...identity, conversationId: 'c' }),
    turn: (turnId: string) =>
      workflow.turn({ conversationId: 'c', turnId, input: text(`words of ${turnId}`) }),
    workflow,
    stored: () => dumpUnder(raw.redis, prefix),
    storedKeys: () => keysUnder(raw.redis, prefix),
    [Symbol.asyncDispose]: async () => {
      raw[Symbol.dispose]();
      await under[Symbol.asyncDispose]();
    },
  };
}

const message = (words: string): Activity => ({ type: 'message', text: words });

/** A send that yields these values and then does something else. */
function sending(...values: readonly unknown[]) {
  return async function* (): AsyncGenerator<Activity> {
    await Promise.resolve();
    for (const value of values) yield value as Activity;
  };
}

const forEver = () => new Promise<never>(() => undefined);

const circular: Record<string, unknown> = { type: 'message' };
circular['self'] = circular;

const failing: Record<string, Misbehaviour> = {
  'cannot be opened': { open: () => Promise.reject(new AgentFailure('refused', 'no')) },
  'opens a conversation without an id': { open: () => Promise.resolve('') },
  'opens a conversation under an id without end': { open: () => Promise.resolve('x'.repeat(10_000)) },
  'throws an error of its own when it is opened': { open: () => Promise.reject(new TypeError('broken')) },
  'throws before it answers anything': {
    send: () => {
      throw new AgentFailure('ambiguous', 'the connection dropped');
    },
  },
  'is not what it should be, and gives nothing to iterate over': {
    send: () => 42 as unknown as AsyncIterable<Activity>,
  },
  'fails after some activities': {
    async *send() {
      yield message('half of');
      await Promise.resolve();
      yield { type: 'message', value: { data: { rating: 5 } } };
      throw new AgentFailure('failed', 'the stream broke');
    },
  },
  'answers nothing': { send: sending() },
  'answers only something that is no object': { send: sending(42) },
  'answers null': { send: sending(null) },
  'answers undefined': { send: sending(undefined) },
  'answers only what JSON cannot carry: a circle': { send: sending([circular]) },
  'answers only what JSON cannot carry: a bigint': { send: sending(1n) },
  'answers with a toJSON that throws': {
    send: sending({
      toJSON: () => {
        throw new Error('no');
      },
    }),
  },
  'answers too many activities': {
    send: sending(...Array.from({ length: limits.answerActivities + 1 }, () => message('x'))),
  },
  'answers too much in one activity': { send: sending(message('x'.repeat(limits.answerChars))) },
  'answers too much in all': {
    send: sending(...Array.from({ length: 16 }, () => message('x'.repeat(limits.answerChars / 16)))),
  },
};

const hanging: Record<string, Misbehaviour> = {
  'hangs when it is opened': { open: forEver },
  'never answers, ignoring that it is aborted': {
    async *send() {
      yield message('wait for it');
      await forEver();
    },
  },
  'is slow, and heeds that it is aborted': {
    async *send(_request, { signal }) {
      yield message('wait for it');
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
  },
};

/** Commits two turns, spoils the third, and compares the state with the one before it. */
async function rollsBack(misbehaviour: Misbehaviour, reason: string, during: (clock: ManualClock) => void) {
  using rejections = watchUnhandledRejections();
  const agent = new SpoiledAgent([{ text: 'one' }, { text: 'two' }]);
  await using under = await openUnder(agent);
  await under.turn('turn-1');
  await under.turn('turn-2');
  // The next turn opens an agent conversation, so that there is an opening to spoil.
  if (misbehaviour.open !== undefined) await forgetAgentConversation(under);
  const before = await under.stored();

  agent.spoiledBy = misbehaviour;
  const turn = failureOf(under.turn('turn-3'));
  await agent.reached.promise;
  during(under.clock);
  const { error } = await turn;
  expect(error).toMatchObject({ reason, retryable: true });
  expect(error.message).toContain('Nothing of this turn was stored');
  expect(await under.stored()).toEqual(before);
  expect(Object.keys(before)).toHaveLength(4);
  expect(under.events.at(-1)).toMatchObject({ type: 'turn.rolledBack', reason, isOutcomeUnknown: false });

  // The lease is free, the turn id is unused, and the number is the next one.
  agent.spoiledBy = null;
  agent.willAnswer({ text: 'three' });
  const next = await under.turn('turn-3');
  expect(next).toMatchObject({ replayed: false, turn: { number: 3 } });
  const { messages } = await under.workflow.get({ conversationId: 'c' });
  expect(messages.map(({ id }) => id)).toEqual(['1.0', '1.1', '2.0', '2.1', '3.0', '3.1']);
  expect(rejections.unhandled).toEqual([]);
}

async function forgetAgentConversation({ raw, keys }: Awaited<ReturnType<typeof openUnder>>): Promise<void> {
  const state = (await raw.get(keys.state)) ?? '';
  const without = state.replace(/"agentConversationId":"[^"]*"/, '"agentConversationId":null');
  expect(without).not.toBe(state);
  await raw.set(keys.state, without, 'KEEPTTL');
}

describe('nothing of a turn is stored (I5) when the agent', () => {
  for (const [name, misbehaviour] of Object.entries(failing)) {
    it(`${name}: AGENT_FAILED`, () => rollsBack(misbehaviour, 'AGENT_FAILED', () => undefined));
  }
  for (const [name, misbehaviour] of Object.entries(hanging)) {
    it(`${name}: AGENT_TIMEOUT, when its time is over and not before`, () =>
      rollsBack(misbehaviour, 'AGENT_TIMEOUT', (clock) => clock.advance(turnTimeoutMs)));
  }

  it('would still be within its time', async () => {
    const agent = new HeldAgent();
    await using under = await openUnder(agent);
    const turn = under.turn('turn-1');
    const question = await agent.question();
    under.clock.advance(turnTimeoutMs - 1);
    question.answer();
    expect((await turn).turn.number).toBe(1);
  });
});

describe('a conversation whose first turn fails', () => {
  it('does not exist: it has no keys, is in no list, and opens with turn 1', async () => {
    const agent = new ScriptedAgent([new AgentFailure('failed', 'no')]);
    await using under = await openUnder(agent);
    expect((await failureOf(under.turn('turn-1'))).error.reason).toBe('AGENT_FAILED');
    const { state, lock, log, turns } = under.keys;
    expect(await under.raw.exists(state, lock, log, turns)).toBe(0);
    expect(await under.workflow.list()).toEqual({ conversations: [], nextCursor: null });
    const gone = await failureOf(under.workflow.get({ conversationId: 'c' }));
    expect(gone.error.reason).toBe('WORKFLOW_NOT_FOUND');
    agent.willAnswer({ text: 'hello' });
    expect(await under.turn('turn-1')).toMatchObject({ replayed: false, turn: { number: 1 } });
  });
});

describe('a change of the conversation while the agent thinks (I3)', () => {
  /** A conversation of one turn, with the second waiting for the agent. */
  async function openWaiting() {
    const agent = new HeldAgent();
    const under = await openUnder(agent);
    const first = under.turn('turn-1');
    (await agent.question()).answer();
    await first;
    const pending = under.turn('turn-2');
    const question = await agent.question();
    const other = async (work: Promise<unknown>, answers: boolean): Promise<void> => {
      if (answers) (await agent.question()).answer("the other's");
      await work;
    };
    return { ...under, pending, question, other };
  }

  it('its lease is stolen: LEASE_LOST, nothing is stored, and the thief keeps the lease', async () => {
    await using under = await openWaiting();
    await under.raw.set(under.keys.lock, 'stolen', 'PX', 60_000);
    const before = await under.stored();
    under.question.answer();
    expect((await failureOf(under.pending)).error).toMatchObject({ reason: 'LEASE_LOST', retryable: true });
    expect(await under.stored()).toEqual(before);
    expect(await under.raw.get(under.keys.lock)).toBe('stolen');
  });

  it('its lease runs out and another turn commits: that one stands', async () => {
    await using under = await openWaiting();
    await under.raw.del(under.keys.lock);
    await under.other(under.turn('turn-of-another'), true);
    const before = await under.stored();
    under.question.answer();
    expect((await failureOf(under.pending)).error.reason).toBe('LEASE_LOST');
    expect(await under.stored()).toEqual(before);
    const { lastTurn, messages } = await under.workflow.get({ conversationId: 'c' });
    expect(lastTurn?.number).toBe(2);
    expect(messages.at(-1)).toMatchObject({ id: '2.1', text: "the other's" });
  });

  it('another commits and its own lease seems to be valid still: STATE_CHANGED, the other stands', async () => {
    await using under = await openWaiting();
    const token = (await under.raw.get(under.keys.lock)) ?? '';
    await under.raw.del(under.keys.lock);
    await under.other(under.turn('turn-of-another'), true);
    const before = await under.stored();
    // As after a failover to a replica that still had the first lease.
    await under.raw.set(under.keys.lock, token, 'PX', 60_000);
    under.question.answer();
    expect((await failureOf(under.pending)).error).toMatchObject({
      reason: 'STATE_CHANGED',
      retryable: true,
    });
    expect(await under.stored()).toEqual(before);
  });

  it('the conversation is purged and opened again: the new one is not overwritten', async () => {
    await using under = await openWaiting();
    const token = (await under.raw.get(under.keys.lock)) ?? '';
    await under.raw.del(under.keys.lock);
    const { workflow } = under;
    await under.other(workflow.end({ conversationId: 'c', outcome: 'cancelled', purge: true }), false);
    await under.other(under.turn('turn-of-the-new'), true);
    const before = await under.stored();
    await under.raw.set(under.keys.lock, token, 'PX', 60_000);
    under.question.answer();
    // Same revision, another incarnation.
    expect((await failureOf(under.pending)).error.reason).toBe('STATE_CHANGED');
    expect(await under.stored()).toEqual(before);
    const { messages } = await workflow.get({ conversationId: 'c' });
    expect(messages.map(({ id, text: words }) => [id, words])).toEqual([
      ['1.0', 'words of turn-of-the-new'],
      ['1.1', "the other's"],
    ]);
  });

  it('the conversation is purged: nothing comes back of it', async () => {
    await using under = await openWaiting();
    await under.raw.del(under.keys.lock);
    const { workflow } = under;
    await workflow.end({ conversationId: 'c', outcome: 'cancelled', purge: true });
    under.question.answer();
    expect((await failureOf(under.pending)).error.reason).toBe('LEASE_LOST');
    expect(await under.storedKeys()).toEqual([]);
  });
});
